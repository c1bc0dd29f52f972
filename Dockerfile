# `kg` as an ordinary user, serving the graph in /data. Not published yet:
#   docker build -t papergraph .
#   docker run --rm -v "$PWD:/data" papergraph build listing.txt
#   docker run --rm -v "$PWD:/data" -p 127.0.0.1:7878:7878 papergraph
FROM rust:1-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libclang-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN scripts/setup.sh build && cargo build --profile dist --locked --bin kg

FROM debian:bookworm-slim
# GraphViz draws `kg export svg` and `png`; the certificates are for `kg check` and `kg fetch`.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates graphviz && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home kg && install -d -o kg -g kg /data
COPY --from=build /src/target/dist/kg /usr/local/bin/kg
COPY LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md /usr/share/doc/papergraph/
USER kg
WORKDIR /data
VOLUME /data
EXPOSE 7878
# Bash opens the connection itself, so that the image needs no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/7878 && printf 'GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["kg"]
CMD ["serve", "--bind", "0.0.0.0:7878"]
