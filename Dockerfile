# Kronos Agent OS in one container: seven processes under pm2 as a plain user, all state in the volume /data.
#   docker build -t kaos . && docker run -p 127.0.0.1:8789:8789 -v kaos:/data --env-file .env kaos
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
# Without the project file it is an installed program: it builds nothing, and keeps nothing beside its code.
RUN node cli/setup.cjs && npm prune --omit=dev --ignore-scripts && rm tsconfig.build.json

FROM node:22-bookworm-slim
WORKDIR /app
# The folder that an installed program has in its user's home is the volume: personas and settings lie there too.
RUN useradd --create-home --uid 10001 kaos && mkdir /data && chown kaos:kaos /data \
  && ln -s /data /home/kaos/.kaos && ln -s /app/cli/kaos.cjs /usr/local/bin/kaos
COPY --from=build /app /app
USER kaos
VOLUME /data
# Inside the container the control room listens to all; publish its port on the host's loopback only.
ENV NODE_ENV=production HOME=/home/kaos KAOS_HOME=/data PM2_HOME=/data/pm2 PM2_DISABLE_VERSION_CHECK=1 PM2_CONCURRENT_ACTIONS=16 DASHBOARD_HOST=0.0.0.0 DASHBOARD_PORT=8789
EXPOSE 8789
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DASHBOARD_PORT || 8789}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "node_modules/pm2/bin/pm2-runtime", "start", "ecosystem.config.cjs"]
