# The server with its pages, without what only the build needs.
FROM node:20-slim AS build
WORKDIR /app
# Packages first: this layer stays while only the sources change.
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN node scripts/lib/install-now.mjs
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Logs only, when MongoDB is the store; the whole data folder otherwise.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
# Alive, not ready: a server that waits for its database is not to be restarted for it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/server/main.js"]
