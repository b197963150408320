#!/bin/sh
# Writes .env with secrets of its own for docker-compose.yml. Run in the folder of docker-compose.yml; never over a file
# that is there, for the data in the volumes was made with the secrets in it.
set -eu
random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

if [ -e .env ]; then
  echo ".env is there already; add what is missing by hand, or move it away." >&2
  exit 1
fi
umask 077
cat > .env <<END
POSTGRES_PASSWORD=$(random 24)
S3_ACCESS_KEY_ID=GK$(random 12)
S3_SECRET_ACCESS_KEY=$(random 32)
GARAGE_RPC_SECRET=$(random 32)
LINK_SECRET=$(random 32)
# The catcher of the development profile. In production, your own: smtps://user:password@mail.example.com
SMTP_URL=smtp://mailpit:1025
# What people type into the browser, and where their browsers reach the store:
PUBLIC_URL=http://localhost:3000
S3_PUBLIC_ENDPOINT=http://localhost:3900
END
echo "Wrote .env with secrets of its own. Keep it."
