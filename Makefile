# Two commands on a fresh machine: `make demo` and `make test`.
# Everything is built outside the checkout, so that a clean clone on the same machine need not compile RocksDB again.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/papergraph-target
KG := $(CARGO_TARGET_DIR)/release/kg
DEMO := target/demo

.PHONY: help demo build test test-clients bench install

help:
	@echo "make demo          build kg, read the bundled example, show what it finds"
	@echo "make test          all tests that need Rust alone"
	@echo "make test-clients  the same results in programs that we did not write (GraphViz, Python's RDF and graph libraries)"
	@echo "make bench         speed, as ratios to the limit or to a peer in the same run"
	@echo "make install       put kg into Cargo's bin folder"

build:
	@scripts/setup.sh build
	cargo build --release --locked --bin kg

demo: build
	@scripts/setup.sh graphviz
	@scripts/demo.sh $(KG) $(DEMO)

test:
	@scripts/setup.sh build
	cargo test --release --locked

test-clients: build
	@scripts/setup.sh graphviz clients
	@tests/clients/run.sh $(KG)

bench: build
	cargo bench --locked

install:
	@scripts/setup.sh build
	cargo install --locked --path .
