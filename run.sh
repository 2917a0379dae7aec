#!/usr/bin/env bash
# Sets up, builds Release, and shows the main job: two devices sync through a real relay that is killed half-way and cannot read a byte.
#   ./run.sh            the main job; exit code 0 only if nothing was lost, doubled, out of order or readable
#   ./run.sh relay      leaves a relay running until Ctrl-C, and prints what two devices have to type
#   ./run.sh bench      pushes a second and delivery latency, beside the disk's own sync rate
#   ./run.sh bench-connect
#                       connects of members until they are welcomed, beside bare QUIC handshakes
#   ./run.sh bench-relay [--long] [--only LINE...]
#                       the relay beside Redis streams and PostgreSQL at the same work; --long: a million blobs
#   ./run.sh bench-transport [--reference ASSEMBLY]
#                       requests, bulk, handshakes and idle memory of the QUIC engine alone
#   ./run.sh bench-crypto [--only NAME]
#                       the primitives on one core, each beside a reference on the same bytes; --only timing: whether decapsulations differ
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. eng/common.sh

job=${1:-main-job}
case "$job" in
  main-job | relay | bench | bench-connect | bench-relay | bench-transport | bench-crypto) ;;
  -h | --help) sed -n '2,13s/^# //p' "$0"; exit 0 ;;
  *) die "unknown job '$job'; see ./run.sh --help" ;;
esac

eng/setup.sh
[ "$job" != bench-relay ] || eng/setup-bench.sh
say "grain runtime: $(grain_runtime)"
say "builds Release"
build Silo/ZeroKSync.Silo.csproj
build Bench/ZeroKSync.Bench.csproj
build Cli/ZeroKSync.Cli.csproj

executable() { local target; target=$(property_of "$1" TargetPath); printf '%s' "${target%.dll}"; }
relay=$(executable Silo/ZeroKSync.Silo.csproj)
bench=$(executable Bench/ZeroKSync.Bench.csproj)
zks=$(executable Cli/ZeroKSync.Cli.csproj)

relay_pid='' announced=''
end_relay() {
  if [ -n "$relay_pid" ] && kill "$relay_pid" 2>/dev/null; then wait "$relay_pid" || true; fi
  rm -f "$announced"
}

run_relay() {
  local data=${ZKS_DATA:-$PWD/.relay} line quic id
  announced=$(mktemp)
  trap end_relay EXIT
  trap 'exit 0' INT TERM
  "$relay" run --data "$data" --listen "127.0.0.1:${ZKS_PORT:-0}" --http 127.0.0.1:0 >"$announced" &
  relay_pid=$!
  until line=$(grep -m 1 '^ready ' "$announced"); do
    kill -0 "$relay_pid" 2>/dev/null || die "the relay did not start; the lines above say why"
    sleep 0.1
  done
  quic=$(sed -nE 's/.*quic=([^ ]+).*/\1/p' <<<"$line")
  id=$(sed -nE 's/.*relay-id=([^ ]+).*/\1/p' <<<"$line")
  say "relay $quic"
  say "id    $id"
  say "data  $data (kept; delete it to begin anew)"
  cat <<TEXT

In another terminal, two devices:
  zks=$zks
  \$zks --dir /tmp/zks-laptop init --name laptop
  \$zks --dir /tmp/zks-phone init --name phone
  \$zks --dir /tmp/zks-laptop group create --relay $quic/$id
  \$zks --dir /tmp/zks-laptop invite | \$zks --dir /tmp/zks-phone join
  \$zks --dir /tmp/zks-laptop push "hello"
  \$zks --dir /tmp/zks-phone watch

Ctrl-C stops the relay.
TEXT
  wait "$relay_pid"
}

case "$job" in
  main-job) exec "$bench" main-job --relay "$relay" ;;
  bench) exec "$bench" push --relay "$relay" ;;
  bench-connect) exec "$bench" connect --relay "$relay" "${@:2}" ;;
  bench-relay)
    say "publishes the relay as it is installed"
    relay=$(published_relay)
    exec "$bench" relay --relay "$relay" "${@:2}"
    ;;
  bench-transport) exec "$bench" transport "${@:2}" ;;
  bench-crypto) exec "$bench" crypto "${@:2}" ;;
  relay) run_relay ;;
esac
