# Two commands on a fresh machine: `make demo` and `make test`.
# Everything is built outside the checkout, so that a clean clone on the same machine need not compile RocksDB again.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/papergraph-target
KG := $(CARGO_TARGET_DIR)/release/kg
DEMO := target/demo

.PHONY: help demo build test test-clients check-files packages fresh fresh-fast fresh-packages bench bench-serve bench-sizes pictures install

help:
	@echo "make demo          build kg, read the bundled example, show what it finds"
	@echo "make test          all tests that need Rust alone"
	@echo "make test-clients  the same results in programs that we did not write (GraphViz, Python's RDF and graph libraries, Comunica, Chromium)"
	@echo "make check-files   licences and sources of dependencies, and the workflows"
	@echo "make fresh         make demo and make test on machines with nothing on them (hours); fresh-fast: setup there (minutes)"
	@echo "make packages      wheel, archive and .deb of this machine, in target/packages; fresh-packages: tries them there"
	@echo "make bench         speed, as ratios to the limit or to a peer in the same run"
	@echo "make bench-serve   50 clients on kg serve for a minute, hostile ones among them"
	@echo "make bench-sizes   graphs of 10,000 and 100,000 invented papers (or SIZES): building them, and asking them"
	@echo "make pictures      draw the pictures of README and docs from the bundled example"
	@echo "make install       put kg into Cargo's bin folder"

build:
	@scripts/setup.sh build
	cargo build --release --locked --bin kg $(CARGO_FLAGS)

demo: build
	@scripts/setup.sh graphviz
	@scripts/demo.sh $(KG) $(DEMO)

test:
	@scripts/setup.sh build curl
	@echo "The first time all dependencies are compiled: about a quarter of an hour on two cores. The tests then take some minutes."
	cargo test --release --locked

test-clients: build
	@scripts/setup.sh graphviz clients chromium
	@tests/clients/run.sh $(KG)

check-files:
	@scripts/setup.sh python
	@scripts/check-files.sh

# Needs root: a root file system is made and entered. CASES chooses (scripts/fresh.sh).
fresh fresh-fast fresh-packages:
	@scripts/setup.sh fresh
	@scripts/fresh.sh $(patsubst fresh-%,%,$(patsubst fresh,full,$@)) $(CASES)

# What a release has for this machine; PROFILE=dist compiles RocksDB once more, as releases do.
PROFILE ?= release
packages:
	@scripts/setup.sh build python
	@rm -rf target/packages
	@[ -x target/tools/bin/maturin ] || { python3 -m venv target/tools && target/tools/bin/python -m pip install --quiet 'maturin>=1.9,<2'; }
	cargo build --profile $(PROFILE) --locked --bin kg
	@target=$$(rustc --print host-tuple) && \
	MATURIN=target/tools/bin/maturin scripts/package.sh wheel $(CARGO_TARGET_DIR)/$(PROFILE)/kg target/packages $(PROFILE) && \
	scripts/package.sh archive $(CARGO_TARGET_DIR)/$(PROFILE)/kg target/packages $$target && \
	scripts/package.sh deb $(CARGO_TARGET_DIR)/$(PROFILE)/kg target/packages $$target && \
	scripts/package.sh checksums target/packages

# PAPERGRAPH_BENCH names the files to read, separated by colons.
bench: build
	cargo bench --locked
	benches/peers/match_peers.py "$$(cargo bench --locked --bench speed --no-run --message-format json 2>/dev/null \
		| sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1)"

# PAPERGRAPH_STORE names the graph to serve; the bundled example if it is not set.
bench-serve: build
	@[ -n "$(PAPERGRAPH_STORE)" ] || $(KG) --store target/bench-serve build --quiet examples/papers.jsonl
	benches/serve_load.py $(KG) $(or $(PAPERGRAPH_STORE),target/bench-serve)

# A million papers: `make bench-sizes SIZES="10000 1000000"`, a quarter of an hour and 21 GB.
SIZES ?= 10000 100000
bench-sizes: build
	cargo build --release --locked --example synthesize
	benches/sizes.py $(KG) $(CARGO_TARGET_DIR)/release/examples/synthesize target/bench-sizes $(SIZES)

pictures: build
	@scripts/setup.sh graphviz
	@scripts/pictures.sh $(KG) target/pictures

install:
	@scripts/setup.sh build
	cargo install --locked --path .
