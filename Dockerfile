# Meshline as one process with its ledger in /data. Build: docker build -t meshline .
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    MESHLINE_HOST=0.0.0.0 \
    MESHLINE_DB=/data/meshline.db \
    MESHLINE_CONFIG=/config/meshline.yml
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY migrations migrations
COPY src src
RUN mkdir -p /data node_modules/.cache && chown node:node /data node_modules/.cache
USER node
VOLUME /data
EXPOSE 3300
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD node -e "fetch('http://127.0.0.1:3300/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
STOPSIGNAL SIGTERM
# With its usual gigabytes of heap, V8 lets garbage pile up to three times what is in use.
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=1024", "src/main.ts"]
