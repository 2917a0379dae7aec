#!/usr/bin/env bash
# Sets up, builds, runs every test, and ends with one line: N passed, N failed, N skipped.
#   ./test.sh [--long] [FILTER]             FILTER is a class-name pattern, for instance '*Framing*'
#   ./test.sh --fuzz SECONDS [FILTER]       the fuzzers alone, for that long in all; ZKS_SEED=N runs the inputs of seed N
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. eng/common.sh

filter='' long='' fuzz=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --long) long=1 ;;
    --fuzz)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || die "--fuzz needs a number of seconds"
      fuzz=$2
      shift ;;
    -h | --help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
    -*) die "unknown option '$1'; see ./test.sh --help" ;;
    *) [ -z "$filter" ] || die "one filter at most; quote it if it has spaces"; filter=$1 ;;
  esac
  shift
done

eng/setup.sh
say "grain runtime: $(grain_runtime)"
build ZeroKSync.Orleans.sln

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
[ -z "$long" ] || export ZKS_TEST_LONG=1
projects=$(test_projects)
if [ -n "$fuzz" ]; then
  export ZKS_FUZZ_SECONDS=$fuzz
  projects=Tests/Fuzz/ZeroKSync.Tests.Fuzz.csproj
fi
failed_runs=0
ran_projects=()
# One project after another: two test processes at once would measure each other.
for project in $projects; do
  name=$(basename "$project" .csproj)
  say "tests: $name"
  target=$(property_of "$project" TargetPath)
  arguments=(-xml "$results/$name.xml" -noColor)
  [ -z "$filter" ] || arguments+=(-class "$filter" )
  if ! dotnet "$target" "${arguments[@]}" >"$results/$name.log" 2>&1; then
    failed_runs=$((failed_runs + 1))
    grep -vE '^\s*(Discovering|Discovered|Starting|Finished):' "$results/$name.log" || true
  fi
  grep -E '\[SKIP\]|^ZKS_SEED=' "$results/$name.log" || true
  grep -E 'Total: ' "$results/$name.log" | tail -n 1 || true
  ran_projects+=("$name")
done

passed=0 failed=0 skipped=0
for name in "${ran_projects[@]}"; do
  if [ ! -s "$results/$name.xml" ]; then
    # A runner that died before it wrote its report must not count as a run without failures.
    failed=$((failed + 1))
    say "$name wrote no report"
    continue
  fi
  counts=$(grep -oE '<assembly [^>]*>' "$results/$name.xml" | head -n 1)
  passed=$((passed + $(attribute "$counts" passed)))
  failed=$((failed + $(attribute "$counts" failed) + $(attribute "$counts" errors)))
  skipped=$((skipped + $(attribute "$counts" skipped) + $(attribute "$counts" not-run)))
done
if [ "$failed_runs" -gt 0 ] && [ "$failed" -eq 0 ]; then failed=$failed_runs; fi
if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
  say "no test matches '$filter'"
  failed=1
fi
# Once more at the end, where whoever is given the last lines only still finds them.
if [ "$failed_runs" -gt 0 ]; then
  say "what failed"
  grep -hE -A 12 '\[FAIL\]' "$results"/*.log | grep -v '\[SKIP\]' | tail -n 80 || true
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
