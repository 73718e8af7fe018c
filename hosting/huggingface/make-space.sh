#!/bin/sh
# Lays out a Hugging Face Space in DIR from the last commit: make-space.sh DIR [gpu|zerogpu]
set -eu
dir=$1
here=$(dirname "$0")
if [ -n "$(ls -A "$dir" 2>/dev/null | grep -v '^\.git$' || true)" ] && ! grep -Eqs '^sdk: (docker|gradio)' "$dir/README.md"; then
  echo "$dir holds something else than a Space. Name an empty folder, or a clone of the Space." >&2
  exit 2
fi
mkdir -p "$dir"
find "$dir" -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
git archive HEAD -- . ':!tests' ':!benchmarks' ':!docs' ':!.ci' | tar -x -C "$dir"
if [ "${2:-}" = zerogpu ]; then
  find "$dir" -mindepth 1 -maxdepth 1 ! -name .git ! -name core ! -name LICENSE ! -name NOTICE -exec rm -rf {} +
  cp "$here"/../zerogpu/* "$dir"
  echo "A Space for ZeroGPU lies in $dir. Upload it: hf upload YOU/SPACE $dir . --repo-type space"
  exit
fi
cp "$here/README.md" "$dir/README.md"
requirements=requirements-lite.txt
[ "${2:-}" != gpu ] || requirements=requirements.txt
sed -e 's/^ARG SAME_SITE=.*/ARG SAME_SITE=none/' -e "s/^ARG REQUIREMENTS=.*/ARG REQUIREMENTS=$requirements/" \
  Dockerfile > "$dir/Dockerfile"
echo "A Space lies in $dir. Upload it: hf upload YOU/SPACE $dir . --repo-type space"
