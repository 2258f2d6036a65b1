# One image for web, worker and beat. The lock decides what is in it.
FROM python:3.13-slim

RUN useradd --system --uid 10001 --create-home --home-dir /home/porchlight porchlight \
    && install -d -o porchlight -g porchlight /srv/porchlight /var/lib/porchlight

USER porchlight
WORKDIR /srv/porchlight
# The packages come first: they change less often than the code.
COPY --chown=porchlight requirements.lock ./
COPY --chown=porchlight crm/__init__.py crm/
COPY --chown=porchlight crm/bootstrap crm/bootstrap
RUN python -m crm.bootstrap
COPY --chown=porchlight . .

ENV PATH=/srv/porchlight/.venv/bin:$PATH \
    PORCHLIGHT_NO_BOOTSTRAP=1 \
    PORCHLIGHT_HOME=/var/lib/porchlight \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
VOLUME /var/lib/porchlight
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "web"]
