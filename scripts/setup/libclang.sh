# Finds the libclang that bindgen will load. The search is that of clang-sys, with which bindgen loads it (build/common.rs and
# build/dynamic.rs there): the folders in its order, the file names that it takes, the highest version, the first of
# equals. Sourced by scripts/setup.sh.
# shellcheck shell=bash

libclang_name() {
  case $1 in
    *-cpp.*) return 1 ;;
    libclang.dylib) [ "$(uname -s)" = Darwin ] ;;
    libclang.so | libclang-*.so | libclang.so.* | libclang-*.so.*) [ "$(uname -s)" != Darwin ] ;;
    *) return 1 ;;
  esac
}

# Whether the file is a shared library of this machine's word size; clang-sys ignores others, too.
libclang_library() {
  [ -f "$1" ] || return 1
  [ "$(uname -s)" != Darwin ] || return 0
  local head= class=$'\001'
  case $(uname -m) in *64* | s390x) class=$'\002' ;; esac
  IFS= LC_ALL=C read -r -n 5 head <"$1" 2>/dev/null || true
  [ "$head" = $'\177ELF'"$class" ]
}

# The version in a file's name, its numbers separated by spaces; anything else counts as 0.
libclang_version() {
  local text= part numbers=()
  case $1 in
    libclang.so.*) text=${1#libclang.so.} ;;
    libclang-*) text=${1#libclang-} text=${text%???} ;;
  esac
  while [ -n "$text" ]; do
    part=${text%%.*}
    case $part in '' | *[!0-9]*) part=0 ;; esac
    numbers+=("$part")
    case $text in *.*) text=${text#*.} ;; *) text= ;; esac
  done
  echo "${numbers[*]-}"
}

# libclang_newer A B: whether version A is higher than B. At equal numbers the longer one is.
libclang_newer() {
  local a b i
  # shellcheck disable=SC2206  # numbers separated by spaces
  a=($1) b=($2)
  for ((i = 0; i < ${#a[@]}; i++)); do
    [ "$i" -lt ${#b[@]} ] || return 0
    [ "${a[i]}" -le "${b[i]}" ] || return 0
    [ "${a[i]}" -ge "${b[i]}" ] || return 1
  done
  return 1
}

# Prints the file that bindgen will load, or nothing.
find_libclang() (
  LC_ALL=C
  shopt -s nullglob
  if libclang_name "$(basename "${LIBCLANG_PATH:-.}")" && libclang_library "$LIBCLANG_PATH"; then
    echo "$LIBCLANG_PATH"
    return
  fi
  folders=()
  if [ -n "${LIBCLANG_PATH:-}" ]; then
    folders=("$LIBCLANG_PATH")
  else
    prefix=$("${LLVM_CONFIG_PATH:-llvm-config}" --prefix 2>/dev/null) || prefix=
    [ -z "$prefix" ] || folders+=("$prefix/bin" "$prefix/lib" "$prefix/lib64")
    if [ "$(uname -s)" = Darwin ]; then
      xcode=$(xcode-select --print-path 2>/dev/null) || xcode=
      [ -z "$xcode" ] || folders+=("$xcode/Toolchains/XcodeDefault.xctoolchain/usr/lib")
    fi
    IFS=:
    # shellcheck disable=SC2206  # lists separated by colons
    folders+=(${LD_LIBRARY_PATH:-} ${LIBRARY_PATH:-})
    unset IFS
    if [ "$(uname -s)" = Darwin ]; then
      folders+=(/usr/local/opt/llvm*/lib/llvm*/lib /Library/Developer/CommandLineTools/usr/lib
        /Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib /usr/local/opt/llvm*/lib)
    else
      folders+=(/usr/local/llvm*/lib* /usr/local/lib*/*/* /usr/local/lib*/* /usr/local/lib* /usr/lib*/*/* /usr/lib*/* /usr/lib*)
    fi
  fi
  best= best_version=
  for folder in ${folders[@]+"${folders[@]}"}; do
    for file in "$folder"/libclang*; do
      name=${file##*/}
      libclang_name "$name" && libclang_library "$file" || continue
      version=$(libclang_version "$name")
      if [ -z "$best" ] || libclang_newer "$version" "$best_version"; then best=$file best_version=$version; fi
    done
  done
  [ -z "$best" ] || echo "$best"
)
