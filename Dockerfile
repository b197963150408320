# One image for the server and the worker: the command decides which it is.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile \
 && npx --yes pnpm@12.21.0 --filter @tintype/web run build \
 && rm -rf node_modules apps/*/node_modules packages/*/node_modules tools/node_modules
# `--filter-prod`: without it the packages that only tests need come along, with PostgreSQL and the emulators in them.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod \
      --filter-prod "@tintype/server..." --filter-prod "@tintype/worker..." \
# The image has its Node; TypeScript is a peer that only compilers ask for; of the ONNX runtime's builds Node loads one.
 && rm -rf node_modules/node-* node_modules/.pnpm/node-linux-* node_modules/.pnpm/@typescript+* \
 && find node_modules/.pnpm -path '*/onnxruntime-web/dist/*' -type f \
      ! -name 'ort.node.min.*' ! -name 'ort-wasm-simd-threaded.mjs' ! -name 'ort-wasm-simd-threaded.wasm' -delete \
 && find node_modules -name '*.map' -type f -delete \
 && rm -rf tools docs fixtures apps/web/src apps/web/public

FROM node:26-bookworm-slim
ENV NODE_ENV=production STATIC_DIR=/app/apps/web/dist HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app /app
USER node
EXPOSE 3000
CMD ["node", "apps/server/src/main.ts"]
