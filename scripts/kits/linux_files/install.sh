#!/bin/sh
# Installs dxkb from this folder; nothing is fetched from anywhere.
#   sh install.sh [FOLDER]            the program only, default /opt/dxkb
#   sh install.sh [FOLDER] --service  also the account, the folders and the systemd unit (as root)
# With the second archive (…-ocr.tar) unpacked beside it, scans are recognised, too.
# PYTHON=python3.12 chooses another Python (3.11, 3.12, 3.13). Over an older one it is an update: data stay.
set -eu
target=/opt/dxkb service=no
for given in "$@"; do
  case $given in --service) service=yes ;; *) target=$given ;; esac
done
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || {
  echo "Python 3.11〜3.13 が要ります（Debianでは apt install python3-venv）。別のものを使うときは PYTHON=python3.12 のように指定してください。" >&2
  exit 1
}
for part in "$here" "$here/ocr"; do
  [ ! -d "$part" ] || (cd "$part" && sha256sum --quiet --check SHA256SUMS) || {
    echo "配布物が壊れているか、書き換えられています。もう一度、元からコピーしてください。" >&2
    exit 1
  }
done
install_part() {
  "$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
    --require-hashes --find-links "$1/wheels" --requirement "$1/requirements.txt"
}
mkdir -p "$target"
if [ -e "$target/venv" ]; then
  rm -rf "$target/venv.old"
  mv "$target/venv" "$target/venv.old"
fi
if ! { "$python" -m venv "$target/venv" && install_part "$here" &&
  { [ ! -d "$here/ocr" ] || install_part "$here/ocr"; }; }; then
  rm -rf "$target/venv"
  [ ! -e "$target/venv.old" ] || mv "$target/venv.old" "$target/venv"
  echo "インストールできませんでした。前のものは、そのままです。" >&2
  exit 1
fi
rm -rf "$target/venv.old"
[ -e "$target/corpus" ] || cp -R "$here/corpus" "$target/corpus"
rm -rf "$target/licences"
cp -R "$here/licences" "$here/sbom.cdx.json" "$here/uninstall.sh" "$target/"
if [ -d "$here/ocr" ]; then
  cp -R "$here/ocr/licences" "$target/licences/ocr"
  cp "$here/ocr/sbom.cdx.json" "$target/licences/ocr/"
else
  echo "スキャンの文字認識は入っていません。要るときは …-ocr.tar を同じところに展開して、もう一度この命令を。"
fi
if [ "$service" = yes ]; then
  id dxkb >/dev/null 2>&1 || useradd --system --home /var/lib/dxkb --shell /usr/sbin/nologin dxkb
  install -d -o dxkb -g dxkb -m 0750 /srv/dxkb /srv/dxkb/corpus /srv/dxkb/backups
  sed "s#/opt/dxkb/.venv/bin/dxkb#$target/venv/bin/dxkb#" "$here/dxkb.service" >/etc/systemd/system/dxkb.service
  systemctl daemon-reload
  systemctl enable dxkb
  systemctl restart dxkb
fi
echo "入りました。点検: $target/venv/bin/dxkb doctor --data DATA --corpus $target/corpus"
echo "始める: $target/venv/bin/dxkb serve --data DATA --corpus $target/corpus"
