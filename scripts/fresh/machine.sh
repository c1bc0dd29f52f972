# A machine with nothing on it: a root file system of Debian's smallest packages, entered with chroot in a mount
# namespace of its own, so that nothing stays mounted. Sourced by scripts/fresh.sh; needs root, and mmdebstrap.
# shellcheck shell=bash

# make_machine SUITE FOLDER USER [PACKAGE...]: USER is root, or an ordinary user that is made.
make_machine() {
  local suite=$1 folder=$2 user=$3
  shift 3
  local include=
  [ $# -eq 0 ] || include=--include=$(IFS=,; echo "$*")
  rm -rf "$folder"
  # shellcheck disable=SC2086
  mmdebstrap --quiet --variant=apt $include "$suite" "$folder"
  cp /etc/resolv.conf /etc/hosts "$folder/etc/"
  mkdir -p "$folder/opt/rust" "$folder/opt/papergraph"
  # Where this machine reaches the internet with certificates of its own, so does that one.
  if [ -n "${SSL_CERT_FILE:-}" ]; then cp -L "$SSL_CERT_FILE" "$folder/etc/certificates-of-host.crt"; fi
  [ "$user" != root ] || return 0
  chroot "$folder" useradd --create-home --shell /bin/bash "$user"
  echo "$user ALL=(ALL) NOPASSWD: ALL" >"$folder/etc/sudoers.d/$user"
}

# inside FOLDER USER COMMAND: runs a shell command in the machine, in that user's home folder. With RUST set to a
# toolchain's folder, cargo and rustc are there. SHARED is a folder that both machines see as /opt/shared.
inside() {
  local folder=$1 user=$2 command=$3 home=/home/$2 certificates=()
  [ "$user" != root ] || home=/root
  if [ -e "$folder/etc/certificates-of-host.crt" ]; then
    local variable
    for variable in SSL_CERT_FILE CARGO_HTTP_CAINFO PIP_CERT CURL_CA_BUNDLE; do certificates+=("$variable=/etc/certificates-of-host.crt"); done
  fi
  # shellcheck disable=SC2016  # the variables are those of the inner shell
  unshare --mount --pid --fork --kill-child -- bash -euc '
    folder=$1 rust=$2 shared=$3
    shift 3
    mount --rbind /dev "$folder/dev"
    mount -t proc proc "$folder/proc"
    if [ -n "$rust" ]; then mount --bind "$rust" "$folder/opt/rust"; mount -o remount,bind,ro "$folder/opt/rust"; fi
    if [ -n "$shared" ]; then mkdir -p "$folder/opt/shared"; mount --bind "$shared" "$folder/opt/shared"; fi
    exec chroot "$folder" "$@"' inside "$folder" "${RUST:-}" "${SHARED:-}" \
    setpriv --reuid="$user" --regid="$user" --init-groups env -i HOME="$home" USER="$user" LANG=C.UTF-8 \
    PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${certificates[@]+"${certificates[@]}"} \
    bash -c "cd ~ && $command"
}
