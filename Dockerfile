# One image for the server and the worker: the command decides which it is.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile \
 && npx --yes pnpm@12.21.0 --filter @tintype/web run build \
 && rm -rf node_modules apps/*/node_modules packages/*/node_modules tools/node_modules \
 && npx --yes pnpm@12.21.0 install --frozen-lockfile --prod \
      --filter "@tintype/server..." --filter "@tintype/worker..."

FROM node:26-bookworm-slim
ENV NODE_ENV=production STATIC_DIR=/app/apps/web/dist HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app /app
USER node
EXPOSE 3000
CMD ["node", "apps/server/src/main.ts"]
