# One image for all roles. Python packages from the lock file, then the program; nothing else is installed.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

COPY LICENSE ./
COPY monitor monitor
COPY workers workers
COPY config config
COPY seeds/demo seeds/demo
RUN useradd --create-home --uid 1000 monitor && mkdir /data && chown monitor /data

USER monitor
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "workers.cli"]
CMD ["run", "--config", "/app/config/monitor.yaml"]
