#!/bin/sh
# Takes the program away, never data or documents:  sh uninstall.sh [FOLDER]
set -eu
target=${1:-$(cd "$(dirname "$0")" && pwd)}
[ -x "$target/venv/bin/dxkb" ] || {
  echo "$target に dxkb はありません。" >&2
  exit 1
}
if grep -qsF "ExecStart=$target/venv/" /etc/systemd/system/dxkb.service; then
  systemctl disable --now dxkb
  rm -f /etc/systemd/system/dxkb.service
  systemctl daemon-reload
fi
rm -rf "$target/venv" "$target/licences" "$target/sbom.cdx.json" "$target/uninstall.sh"
echo "プログラムを消しました。資料（$target/corpus、/srv/dxkb）とデータ（/var/lib/dxkb）は残っています。"
