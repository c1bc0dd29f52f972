#!/bin/sh
# A C++ compiler for the build of RocksDB: it compiles the 336 files in eight units, because reading the headers, and compiling their
# templates, takes most of the time of single files (docs/design/020-cold-builds.md). RocksDB's own tests include a build in one unit
# (`make unity_test`), so its files have no names that clash.
#
# .cargo/config.toml names this script as CXX_<target>. The build script of oxrocksdb-sys runs it once for each file, in the folder
# of the crate, as `unity-cxx.sh FLAGS -o OBJECT -c rocksdb/db/x.cc`. The first file of a unit stands for the whole unit; the object
# of each other file is empty. All objects go into one archive, so the program has the same code.
# Whatever is not a file of RocksDB goes to the compiler as it is.
set -eu

# The compiler that is called without this script: the variables that the crate `cc` reads after CXX_<target>, and its default.
if [ "${HOST:-}" = "${TARGET:-}" ]; then
  compiler=${HOST_CXX:-${CXX:-c++}}
else
  compiler=${TARGET_CXX:-${CXX:-${TARGET%%-*}-linux-gnu-g++}}
fi

source='' object='' previous=''
for argument; do
  case $argument in rocksdb/*.cc) source=${argument#rocksdb/} ;; esac
  case $previous in -o) object=$argument ;; esac
  # The preprocessor's output is of one file.
  case $argument in -E | -M | -MM) source='' && break ;; esac
  previous=$argument
done
# A unit needs up to 1.3 GB. With less memory for each of cargo's jobs, files are compiled one by one.
memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
[ "${memory:-0}" -ge $((${NUM_JOBS:-1} * 1500000)) ] || source=''
# sccache (RUSTC_WRAPPER) finds an object by the text of one file, which is not the text of its unit.
# shellcheck disable=SC2086  # CXX can have several words: `ccache g++`
[ -n "$source" ] && [ -n "$object" ] && [ -e rocksdb/src.mk ] && [ -z "${RUSTC_WRAPPER:-}" ] || exec $compiler "$@"

# The files of the source's unit, none if the source is not in the list. A unit is consecutive files, which include the same headers,
# and has an eighth of the bytes. RocksDB's makefile writes build_version.cc, which is not in the crate.
unit=$(
  cd rocksdb
  sed -n '/^LIB_SOURCES *=/,/^ifeq/s/^ *\([^ ]*\.cc\).*/\1/p' src.mk | grep -v '^util/build_version\.cc$' | xargs wc -c |
    awk -v source="$source" -v units=8 '
      $2 == "total" { next }
      { size[NR] = $1; name[NR] = $2; all += $1; files = NR }
      END {
        for (i = 1; i <= files; i++) {
          unit[i] = int((before + size[i] / 2) * units / all)
          before += size[i]
          if (name[i] == source) wanted = i
        }
        for (i = 1; wanted && i <= files; i++) if (unit[i] == unit[wanted]) print name[i]
      }'
)
first=$(echo "$unit" | head -n 1)
# shellcheck disable=SC2086
[ "$unit" != "$source" ] && [ -n "$unit" ] || exec $compiler "$@"

# With 2 GB for a unit instead of 1.3, GCC collects its garbage less often, and takes an eighth less time. Other compilers do not know
# the parameter.
fewer_collections=''
if [ "$memory" -ge $((${NUM_JOBS:-1} * 3000000)) ]; then
  case $($compiler --version 2>&1) in *'Free Software Foundation'*) fewer_collections='--param ggc-min-heapsize=2000000' ;; esac
fi

# compile SOURCE OBJECT ARGUMENT...: as asked, with that source and object. `-` is standard input; a file that is included from there
# has the same name in messages and __FILE__ as without this script.
compile() {
  new_source=$1 new_object=$2
  shift 2
  for argument; do
    shift
    case $argument in
      "rocksdb/$source") set -- "$@" -x c++ "$new_source" ;;
      "$object") set -- "$@" "$new_object" ;;
      *) set -- "$@" "$argument" ;;
    esac
  done
  # shellcheck disable=SC2086
  $compiler $fewer_collections "$@"
}

if [ "$source" != "$first" ]; then
  compile - "$object" "$@" </dev/null
  exit
fi
echo "$unit" | sed 's|.*|#include "rocksdb/&"|' | compile - "$object" "$@" && exit

# Names of another version may clash, or memory may be short: now each file alone, and all in one object.
echo "unity-cxx: compiles the unit of $source again, file by file" >&2
mkdir -p "$object.parts"
for file in $unit; do
  compile "rocksdb/$file" "$object.parts/$(echo "$file" | tr / -).o" "$@"
done
# shellcheck disable=SC2086
$compiler -r -nostdlib -o "$object" "$object.parts"/*.o
rm -r "$object.parts"
