#!/usr/bin/env bash
# Follows README on a machine with nothing on it (scripts/fresh/machine.sh), with the Rust toolchain of this machine and
# a clone of this checkout.
#   scripts/fresh.sh full [CASE...]   `make demo` and `make test`, each with an empty target folder
#   scripts/fresh.sh fast [CASE...]   setup, and a program that has bindgen read a header; cargo's folder is kept
#   scripts/fresh.sh container [CASE...] the steps of Dockerfile's last stage, with the kg of KG; serve, and its health check
#   scripts/fresh.sh packages [CASE...]  wheel, archive and .deb of target/packages (`make packages`), without Rust or compiler
# A case is SUITE:USER[:PACKAGE], where USER is root or reader (an ordinary user with sudo) and PACKAGE is there before.
# FRESH_KEEP=1 leaves the root file system in target/fresh; FRESH_MAKE has more arguments for `make demo`.
# The times of the steps are printed, and added to target/fresh/times.tsv.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/fresh/machine.sh
. "$root/scripts/fresh/machine.sh"

mode=${1:-full}
shift || true
[ "$(id -u)" -eq 0 ] || { echo "fresh: a root file system is made and entered as root; run: sudo make fresh" >&2; exit 1; }
# libclang-cpp was once mistaken for libclang.
case $mode in
  full) cases=(bookworm:reader:libclang-cpp14 bookworm:root trixie:reader trixie:root) ;;
  fast) cases=(bookworm:reader:libclang-cpp14 trixie:root) ;;
  packages) cases=(bookworm:reader trixie:reader) ;;
  container) cases=(bookworm:root) ;;
  *) echo "fresh: $mode is not full, fast, packages or container" >&2; exit 2 ;;
esac
[ $# -eq 0 ] || cases=("$@")

folder=$root/target/fresh
mkdir -p "$folder"
RUST=$(rustc --print sysroot)

# step NAME COMMAND...: runs it, and says how long it took.
step() {
  local start=$SECONDS
  name=$1
  shift
  "$@"
  echo "fresh: $case, $name: $((SECONDS - start)) s"
  printf '%s\t%s\t%s\t%s\n' "$(date -u +%F)" "$case" "$name" $((SECONDS - start)) >>"$folder/times.tsv"
}
# Within functions, too: whatever fails ends the run.
set -E
trap 'echo "fresh: $case, $name: FAILED" >&2' ERR

# The steps of each mode; they use the case's variables.
full_steps() {
  # The first command that `make` itself needs.
  step "apt-get install make" inside "$machine" root "apt-get update -qq && apt-get install -y -qq --no-install-recommends make >/dev/null"
  step "make demo" inside "$machine" "$user" "cd papergraph && make demo ${FRESH_MAKE:-}"
  step "make test" inside "$machine" "$user" "cd papergraph && make test"
}

fast_steps() {
  local SHARED=$folder/bindgen
  mkdir -p "$SHARED"
  chmod 777 "$SHARED"
  step "setup" inside "$machine" "$user" "papergraph/scripts/setup.sh build"
  step "bindgen" inside "$machine" "$user" "cd papergraph/scripts/fresh/bindgen &&
    CARGO_HOME=/opt/shared/cargo CARGO_TARGET_DIR=/opt/shared/target/$suite cargo run --quiet --locked"
  # The user of the next case must also be able to write there.
  chmod -R a+rwX "$SHARED"
}

packages_steps() {
  local SHARED=$root/target/packages server address demo
  inside "$machine" "$user" '! command -v rustc cargo cc c++ gcc' || { echo "fresh: $suite has a compiler" >&2; exit 1; }
  # Packages of the system that the ways of installing need, and GraphViz for the pictures of the demo.
  step "apt-get install" inside "$machine" root "apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv curl graphviz >/dev/null"
  python3 -m http.server --bind 127.0.0.1 --directory "$SHARED" 0 >"$folder/server.log" 2>&1 &
  server=$!
  # shellcheck disable=SC2064  # this server
  trap "kill $server" EXIT
  until address=$(grep -o 'http://[0-9.:]*' "$folder/server.log"); do sleep 0.1; done
  demo="cd papergraph && scripts/demo.sh"
  step "wheel" inside "$machine" "$user" "python3 -m venv venv && venv/bin/pip install --quiet --no-index /opt/shared/*.whl && $demo ~/venv/bin/kg ~/demo-of-wheel"
  step "archive" inside "$machine" "$user" "PAPERGRAPH_URL=$address sh papergraph/scripts/install.sh && $demo ~/.local/bin/kg ~/demo-of-archive"
  step "deb" inside "$machine" root "apt-get install -y -qq --no-install-recommends /opt/shared/*.deb >/dev/null"
  step "demo of the deb" inside "$machine" "$user" "$demo kg ~/demo-of-deb"
  kill "$server"
  trap - EXIT
  inside "$machine" "$user" '! command -v rustc cargo cc c++ gcc' || { echo "fresh: a compiler came along" >&2; exit 1; }
}

# No image can be fetched here, so the stage's own steps run on an empty machine instead of in a container.
container_steps() {
  local stage health
  stage=$(awk '/^FROM / { stage += 1 } stage == 2' "$root/Dockerfile")
  while IFS= read -r command; do
    step "RUN ${command%% *}" inside "$machine" root "{ $command; } >/dev/null"
  done < <(sed -n 's/^RUN //p' <<<"$stage")
  install -m 755 "${KG:?is the kg to put into the container}" "$machine/usr/local/bin/kg"
  install -m 644 "$root/examples/papers.jsonl" "$machine/data/"
  health=$(sed -n 's/^ *CMD \(\[.*\]\)$/\1/p' <<<"$stage" | head -n 1 | python3 -c 'import json, shlex, sys; print(shlex.join(json.load(sys.stdin)))')
  step "build as kg" inside "$machine" kg "cd /data && kg build --quiet papers.jsonl"
  step "serve and HEALTHCHECK" inside "$machine" kg "cd /data && { kg serve --bind 0.0.0.0:7878 & server=\$!; sleep 3; $health; kill \$server; wait \$server; }"
}

case $mode in packages | container) RUST= ;; esac
passed=0
for case in "${cases[@]}"; do
  IFS=: read -r suite user package <<<"$case"
  machine=$folder/$mode-$suite-$user
  packages=(${package:+"$package"})
  # passwd has useradd, which not every suite's smallest machine has.
  packages+=(passwd)
  [ "$user" = root ] || packages+=(sudo)
  step "machine" make_machine "$suite" "$machine" "$user" ${packages[@]+"${packages[@]}"}
  home=$([ "$user" = root ] && echo /root || echo "/home/$user")
  git clone --quiet "$root" "$machine$home/papergraph"
  chroot "$machine" chown -R "$user:$user" "$home/papergraph"
  "${mode}_steps"
  [ -n "${FRESH_KEEP:-}" ] || rm -rf "$machine"
  passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
