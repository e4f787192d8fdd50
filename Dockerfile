# One image for the web server, the worker and the GPU worker; compose.yaml says which is which.
# By itself it is a whole site with embedded parts: docker run -p 127.0.0.1:8000:8000 -v films:/data genresite
FROM python:3.12-slim-bookworm

RUN useradd --create-home --uid 1000 genresite && install -d -o genresite -g genresite /data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . ./

ENV GENRESITE_DATA=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER genresite
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "up", "--host", "0.0.0.0"]
