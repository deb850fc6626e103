# One image for every role; the role is the command: web | worker [QUEUES] | beat | migrate | recompute.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/cehours \
    && /opt/cehours/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement /tmp/requirements.txt

FROM python:3.11-slim-bookworm
# Pango and HarfBuzz lay the certificate out; the fonts hold the rare characters of names.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core fonts-hanazono fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home cehours
COPY --from=packages /opt/cehours /opt/cehours
WORKDIR /srv/cehours
COPY . .
ENV PATH=/opt/cehours/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=cehours.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media \
    GUNICORN_CMD_ARGS=--bind=0.0.0.0:8000 \
    WEB_CONCURRENCY=2
# Static files are part of the image. Settings ask for addresses and keys; this command uses none of them.
RUN SECRET_KEY=build FIELD_KEYS=build BLIND_INDEX_KEY=build \
    DATABASE_URL=postgres://build@/build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input \
    && python -m compileall -q cehours applications certificates organizations review rules training \
    && install -d -o cehours -g cehours /srv/media
USER 10001
EXPOSE 8000
# Web answers for itself; the other roles have no port and are watched by docker-compose.yml's own checks.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "cehours.embedded.probe"]
ENTRYPOINT ["python", "-m", "cehours.embedded.commands"]
CMD ["web"]
