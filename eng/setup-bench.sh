#!/usr/bin/env bash
# Installs what the relay is measured beside, Redis and PostgreSQL, from Debian's packages. Starts neither: the bench runs instances of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/common.sh

missing_packages() {
  command -v redis-server >/dev/null || echo redis-server
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
}

mapfile -t packages < <(missing_packages)
[ "${#packages[@]}" -gt 0 ] || exit 0
command -v apt-get >/dev/null || die "this system is not Debian: install Redis and PostgreSQL, called ${packages[*]} on Debian, and run this again"

# Debian starts a server once it is installed, unless this file says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
fi

say "installs with apt: ${packages[*]}"
log=$(mktemp)
as_root apt-get update -qq >"$log" 2>&1 || true
if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
  tail -n 15 "$log" >&2
  rm -f "$log"
  die "apt could not install ${packages[*]}; the lines above say why"
fi
rm -f "$log"
