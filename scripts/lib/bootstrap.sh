# Sourced by every verb: makes the checkout able to run its own TypeScript. Node and npm are all it needs.
# What is there already is left alone; two runs at once wait for each other where `flock` is to be had.
set -euo pipefail

SLIPWAY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export SLIPWAY_ROOT
export SLIPWAY_CACHE=${SLIPWAY_CACHE:-$HOME/.cache/slipway}
mkdir -p "$SLIPWAY_CACHE"

slipway_fail() {
  printf 'slipway: %s\n' "$1" >&2
  exit 1
}

slipway_node_modules() {
  cd "$SLIPWAY_ROOT"
  if ! cmp -s package-lock.json node_modules/.slipway-lock; then
    printf 'npm packages: installing (about half a minute)\n' >&2
    npm ci --ignore-scripts --no-fund --no-audit --loglevel=error >&2 ||
      slipway_fail "npm ci failed; its own lines above say why. Run this verb again when that is mended."
    cp package-lock.json node_modules/.slipway-lock
  fi
  node scripts/build.mjs
}

command -v node >/dev/null || slipway_fail 'Node is not installed; version 20 or later is needed: apt-get install nodejs npm'
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] ||
  slipway_fail "Node $(node --version) is too old; version 20 or later is needed"
command -v npm >/dev/null || slipway_fail 'npm is not installed: apt-get install npm'

export -f slipway_node_modules slipway_fail
if command -v flock >/dev/null; then
  # The lock is let go before anything is started that outlives this script.
  flock --close "$SLIPWAY_CACHE/checkout.lock" bash -c 'set -euo pipefail; slipway_node_modules'
else
  slipway_node_modules
fi
