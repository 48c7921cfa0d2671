# One image for all commands: docker build -t nimbusguard:0.1.0 . && docker run nimbusguard:0.1.0 --help
FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The Node that npm brings along is for machines that have an older one.
RUN npm ci --omit=dev --ignore-scripts --loglevel=error \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:26-slim
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE nimbusguard ./
COPY agents agents
COPY experiments experiments
COPY policies policies
COPY src src
COPY workflows workflows
ENV NODE_ENV=production PATH=/app:$PATH
# Where it keeps what it writes; all else may be read-only. The user is that of manifests/base/deployment.yaml.
RUN install -d -o 10001 -g 10001 /data
WORKDIR /data
USER 10001:10001
EXPOSE 8082
ENTRYPOINT ["nimbusguard"]
