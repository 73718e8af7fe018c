# The light studio for a hosted space (port 8501, user 1000): docker build -t gainstage . && docker run -p 8501:8501 gainstage
FROM python:3.11-slim
RUN useradd --create-home --uid 1000 studio
WORKDIR /home/studio/app
COPY requirements-lite.txt .
RUN pip install --no-cache-dir -r requirements-lite.txt
COPY --chown=1000 . .
USER 1000
ENV GAINSTAGE_HOSTED=1 GAINSTAGE_HOME=/home/studio/songs NUMBA_CACHE_DIR=/home/studio/.numba
# On another kind of processor than the build's the first start compiles once more.
RUN python -m core compile
EXPOSE 8501
CMD ["python", "-m", "streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", \
     "--server.port=8501", "--server.headless=true", "--server.xsrfCookieSameSite=none"]
