# Shared by the scripts of the project: source it, do not run it.
# shellcheck shell=bash

configuration=Release

say() { printf '%s\n' "== $*"; }
die() { printf '%s\n' "error: $*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "'$*' needs root: run this as root, or install sudo"
  fi
}

# The value in force, as MSBuild sees it.
grain_runtime() { property_of Grains.Interfaces/ZeroKSync.Grains.Interfaces.csproj GrainRuntime; }

# Outputs are found through MSBuild: their folder depends on the grain runtime.
property_of() { dotnet msbuild "$1" -nologo -getProperty:"$2" -p:Configuration="$configuration"; }

# Builds quietly: what is printed is what needs reading.
build() {
  local log
  log=$(mktemp)
  if ! dotnet build "$1" -c "$configuration" -nologo -v quiet >"$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || true
    grep -qE 'error|warning' "$log" || tail -n 40 "$log" >&2
    rm -f "$log"
    die "the build of $1 failed; the lines above say where"
  fi
  rm -f "$log"
}

# The relay as it is installed, compiled ahead of time; prints its path. Minutes the first time, nothing where nothing changed.
published_relay() {
  local to=$PWD/Silo/bin/published built log architecture
  built=$(dirname "$(property_of Silo/ZeroKSync.Silo.csproj TargetPath)")
  architecture=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
  if [ ! -e "$to/.published" ] || [ -n "$(find "$built" -maxdepth 1 -name '*.dll' -newer "$to/.published" -print -quit)" ]; then
    log=$(mktemp)
    rm -rf "$to"
    dotnet publish Silo/ZeroKSync.Silo.csproj -r "linux-$architecture" -p:PublishProfile=relay -o "$to" -nologo -v quiet >"$log" 2>&1 || { tail -n 40 "$log" >&2; rm -f "$log"; die "the relay could not be published"; }
    rm -f "$log"
    touch "$to/.published"
  fi
  printf '%s' "$to/zks-relay"
}

test_projects() { grep -lE '<IsTestProject>true' Tests/*/*.csproj | sort; }

# attribute '<assembly passed="3">' passed -> 3 (0 where it is absent)
attribute() {
  local value
  value=$(printf '%s' "$1" | sed -nE "s/.* $2=\"([0-9]+)\".*/\1/p")
  printf '%s' "${value:-0}"
}
