#!/usr/bin/env bash
# Makes src/engine/tinker/protobuf/tinker_pb.ts of tinker.proto, which is needed only when the schema changes:
#
#   python3 -m venv venv && venv/bin/pip install grpcio-tools==1.85.1
#   npm install --no-save --ignore-scripts @bufbuild/protoc-gen-es@2.17.0
#   bash scripts/protobuf.sh venv/bin/python
set -euo pipefail
python=$(realpath -s "${1:?usage: protobuf.sh <python with grpcio-tools> [protoc-gen-es]}")
root=$(cd "$(dirname "$0")/.." && pwd)
plugin=$(realpath -s "${2:-$root/node_modules/.bin/protoc-gen-es}")
cd "$root/src/engine/tinker/protobuf"
"$python" -m grpc_tools.protoc --proto_path=. --plugin=protoc-gen-es="$plugin" \
  --es_out=. --es_opt=target=ts,import_extension=ts,erasable_syntax=true tinker.proto
