# The light studio in a container (port 8501, user 1000): docker build -t gainstage . && docker run -p 8501:8501 gainstage
# With a graphics card: --build-arg REQUIREMENTS=requirements.txt (torch brings CUDA, the host brings the driver).
FROM python:3.11-slim
ARG REQUIREMENTS=requirements-lite.txt
# "none" where another site shows the studio in a frame, over TLS; on plain http browsers drop such a cookie, and
# every upload is refused.
ARG SAME_SITE=lax
RUN useradd --create-home --uid 1000 studio && install -d -o studio /home/studio/songs
WORKDIR /home/studio/app
COPY requirements-lite.txt requirements.txt requirements-dask.txt ./
RUN pip install --no-cache-dir -r $REQUIREMENTS
# The studio's own files are root's: what runs as user 1000 cannot change them.
COPY . .
RUN python -m compileall -q core pages streamlit_app.py
USER 1000
ENV GAINSTAGE_HOSTED=1 NUMBA_CACHE_DIR=/home/studio/.numba STREAMLIT_SERVER_XSRF_COOKIE_SAME_SITE=$SAME_SITE \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
# On another kind of processor than the build's the first start compiles once more.
RUN python -m core compile
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "hosting/healthy.py"]
CMD ["sh", "hosting/start.sh"]
