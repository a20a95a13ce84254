# Redis, or Valkey, which writes down each change in the home.

redis_server() {
    command -v redis-server || command -v valkey-server || ls /opt/homebrew/bin/redis-server /usr/local/bin/redis-server 2>/dev/null | head -n 1
}

redis_prepare() {
    if [ -z "$(redis_server)" ]; then
        echo "[dedalus] Redis is not installed on this machine: add redis-server to packages"
        return 78
    fi
    mkdir -p "$data/$1"
}

redis_run() {
    cd "$data/$1" || exit 78
    exec "$(redis_server)" --port "$2" --bind 127.0.0.1 --dir "$data/$1" --appendonly yes --daemonize no --logfile ''
}

redis_ready() {
    local answer
    answer=$( (exec 9<>"/dev/tcp/127.0.0.1/$2" && printf 'PING\r\n' >&9 && read -r -t 2 -u 9 line && echo "$line") 2>/dev/null)
    [ "${answer%$'\r'}" = +PONG ]
}

redis_env() {
    echo "export REDIS_URL=\"\${REDIS_URL-redis://127.0.0.1:$2}\""
}
