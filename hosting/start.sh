#!/bin/sh
# Starts the studio in a container: songs lie on the persistent disk where there is one.
if [ -z "$GAINSTAGE_HOME" ] && [ -d /data ] && [ -w /data ]; then
  export GAINSTAGE_HOME=/data/gainstage
fi
exec python -m streamlit run streamlit_app.py --server.address=0.0.0.0 --server.port="${PORT:-8501}" \
  --server.headless=true "$@"
