#!/usr/bin/env bash
# Installs what is missing and finds out which grain runtime the package feed allows. Safe to run twice; says what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/common.sh

check_sdk() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: install it (https://dotnet.microsoft.com/download) and run this again"
  dotnet --version >/dev/null 2>&1 || die "no .NET SDK fits global.json: install SDK 10.0.100 or a later 10.0 and run this again"
}

# Not by a pipe into 'grep -q': it would end ldconfig in mid-word, and the pipe would count as failed.
has_library() { grep -q "$1" <<<"$(ldconfig -p 2>/dev/null)"; }

missing_packages() {
  has_library 'libsodium\.so\.23' || echo libsodium23
  has_library 'libngtcp2\.so\.16' || echo libngtcp2-16
  has_library 'libngtcp2_crypto_gnutls\.so\.8' || echo libngtcp2-crypto-gnutls8
}

# Debian 12 has ngtcp2 in its backports suite only. The suite is asked of the mirror that the machine's own sources name.
add_backports() {
  local codename=$1 list=/etc/apt/sources.list.d/zeroksync-backports.sources mirror key
  if grep -rqsE "(^|[ \t])${codename}-backports([ \t]|$)" /etc/apt/sources.list /etc/apt/sources.list.d; then return; fi
  mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -nE -e 's/^URIs:[ \t]*([^ \t]*\/debian\/?)([ \t].*)?$/\1/p' -e 's/^deb[ \t]+(\[[^]]*\][ \t]+)?([^ \t]*\/debian\/?)[ \t].*/\2/p' | head -n 1) || true
  [ -n "$mirror" ] || die "the machine's apt sources name no Debian mirror: add ${codename}-backports to them and run this again"
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  say "adds the suite ${codename}-backports to apt ($list)"
  printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\nSigned-By: %s\n' "$mirror" "$codename" "$key" |
    as_root tee "$list" >/dev/null
}

install_native() {
  local packages=() id='' codename=''
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -gt 0 ] || return 0
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  fi
  [ "$id" = debian ] && command -v apt-get >/dev/null ||
    die "this system is not Debian: install libsodium (1.0.18 or later), libngtcp2 (1.11 or later) and its GnuTLS helper, called ${packages[*]} on Debian, and run this again"
  local target=()
  if [ "$codename" = bookworm ]; then
    add_backports "$codename"
    target=(-t "${codename}-backports")
  fi
  say "installs with apt: ${packages[*]}"
  local log
  log=$(mktemp)
  # One source that cannot be reached must not matter as long as the packages come.
  as_root apt-get update -qq >"$log" 2>&1 || true
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${target[@]}" "${packages[@]}" >>"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "apt could not install ${packages[*]}; the lines above say why"
  fi
  rm -f "$log"
  as_root ldconfig
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -eq 0 ] || die "installed, but still not found by the loader: ${packages[*]}"
}

# The answer of the package feed: Orleans where all of it restores, Embedded where a package is not there.
probe_grain_runtime() {
  local folder log version
  folder=$(mktemp -d)
  log=$folder/restore.log
  version=$(sed -nE 's/.*<OrleansVersion>([^<]+)<.*/\1/p; s/.*Include="Microsoft\.Orleans\.Sdk" Version="([^"$]+)".*/\1/p' Directory.Packages.props | head -n 1)
  [ -n "$version" ] || die "Directory.Packages.props names no version of Microsoft.Orleans.Sdk"
  cat >"$folder/probe.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Orleans.Sdk" Version="$version" />
    <PackageReference Include="Microsoft.Orleans.Runtime" Version="$version" />
    <PackageReference Include="Microsoft.Orleans.Server" Version="$version" />
  </ItemGroup>
</Project>
PROJECT
  if dotnet restore "$folder/probe.csproj" >"$log" 2>&1; then
    runtime=Orleans
  elif grep -qE 'NU110[12]' "$log" && ! grep -E 'error' "$log" | grep -qvE 'NU110[12]'; then
    runtime=Embedded
  else
    tail -n 15 "$log" >&2
    rm -rf "$folder"
    die "the package feed could not be asked for Orleans; the lines above say why. GRAIN_RUNTIME=Embedded skips the question"
  fi
  rm -rf "$folder"
}

choose_grain_runtime() {
  local answer=eng/grain-runtime.props content runtime=${GRAIN_RUNTIME:-}
  if [ -z "$runtime" ]; then
    # Asked once per checkout: a clean checkout asks again.
    [ ! -s "$answer" ] || return 0
    say "asks the package feed for Orleans"
    probe_grain_runtime
  fi
  case "$runtime" in
    Orleans | Embedded) ;;
    *) die "GRAIN_RUNTIME is '$runtime'; it must be Orleans or Embedded" ;;
  esac
  content="<Project><PropertyGroup><GrainRuntime Condition=\"'\$(GrainRuntime)' == ''\">$runtime</GrainRuntime></PropertyGroup></Project>"
  # Rewriting an unchanged file would recompile everything.
  if [ "$(cat "$answer" 2>/dev/null)" != "$content" ]; then
    printf '%s\n' "$content" >"$answer"
    say "grain runtime: $runtime"
  fi
}

# A server that the tests of the store start and end themselves. Without it those tests are skipped by name.
install_postgresql() {
  local log
  ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && command -v apt-get >/dev/null || return 0
  say "installs with apt: postgresql, for the tests of the store"
  log=$(mktemp)
  as_root apt-get update -qq >"$log" 2>&1 || true
  # Not started: nothing here uses the package's own instance.
  if ! as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends postgresql >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    say "apt could not; the tests on PostgreSQL are skipped"
  fi
  rm -f "$log"
}

# An independent QUIC implementation for the interoperability tests. Without Node.js, or where npm has no build of it, those tests are skipped by name.
install_interop_peer() {
  local folder=Tests/EndToEnd/Interop/quiche log
  [ ! -d "$folder/node_modules/@matrixai/quic" ] && command -v npm >/dev/null || return 0
  say "installs with npm: quiche, for the interoperability tests"
  log=$(mktemp)
  # Not 'npm ci': the lock cannot name the builds for systems that are not this one.
  if ! npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    say "npm could not; the interoperability tests are skipped"
    rm -rf "$folder/node_modules"
  fi
  rm -f "$log"
}

# A real browser for the test of the status page, and what drives it. Where either is not to be had, that test is skipped by name.
install_browser() {
  local folder=Tests/EndToEnd/Status/browser log
  command -v npm >/dev/null || return 0
  log=$(mktemp)
  if [ ! -d "$folder/node_modules/playwright-core" ]; then
    say "installs with npm: playwright-core and axe-core, for the test of the status page"
    if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
      tail -n 5 "$log" >&2
      say "npm could not; the test of the status page is skipped"
      rm -rf "$folder/node_modules"
    fi
  fi
  if [ ! -x /usr/bin/chromium-headless-shell ] && [ ! -x /usr/bin/chromium ] && command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }; then
    say "installs with apt: chromium-headless-shell, for the test of the status page"
    as_root apt-get update -qq >"$log" 2>&1 || true
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell >>"$log" 2>&1; then
      tail -n 5 "$log" >&2
      say "apt could not; the test of the status page is skipped"
    fi
  fi
  rm -f "$log"
}

# Other implementations of our cryptography, to run the scripts again that made the known answers. The answers themselves are in the tree.
install_generators() {
  local folder log
  command -v npm >/dev/null || return 0
  for folder in Tests/Vectors/Generators/*/; do
    [ -f "$folder/package.json" ] && [ ! -d "$folder/node_modules" ] || continue
    say "installs with npm: the packages of $folder"
    log=$(mktemp)
    if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
      tail -n 5 "$log" >&2
      say "npm could not; the known answers are compared, their scripts are not run"
      rm -rf "$folder/node_modules"
    fi
    rm -f "$log"
  done
}

check_sdk
install_native
install_postgresql
install_interop_peer
install_browser
install_generators
choose_grain_runtime
