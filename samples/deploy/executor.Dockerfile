# The image of a sandbox: the executor, git, and Claude Code. samples/deploy/build-executor-image.sh builds it and lays out
# its context: two programs for Linux, wegent-executor and claude.
# Derive your own image from it (FROM wegent-executor:latest) to give agents compilers and tools of your project.
ARG BASE=debian:trixie-slim
FROM ${BASE}

# A base that brings git already needs no network here.
RUN command -v git > /dev/null && [ -e /etc/ssl/certs/ca-certificates.crt ] \
    || { apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*; }

# Agents are not root. The folder that a task's workspace is copied from (/source) belongs to somebody else by design, so git
# must accept it; nothing in a sandbox is worth protecting from the sandbox's only user.
RUN { getent passwd 1000 > /dev/null && userdel --remove "$(getent passwd 1000 | cut -d: -f1)"; \
      useradd --uid 1000 --user-group --create-home --shell /bin/bash agent; } \
    && mkdir -p /workspace /source /var/lib/wegent-executor && chown agent:agent /workspace /var/lib/wegent-executor \
    && git config --system safe.directory '*'

COPY claude /usr/local/bin/claude
COPY wegent-executor /usr/local/bin/wegent-executor

ENV HOME=/home/agent LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin DISABLE_AUTOUPDATER=1
WORKDIR /workspace
USER 1000:1000
ENTRYPOINT ["/usr/local/bin/wegent-executor"]
