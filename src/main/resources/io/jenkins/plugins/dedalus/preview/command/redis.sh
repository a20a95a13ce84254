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

# By its directory, for another one may answer on the port; one that still loads its data names none.
redis_ready() {
    local line
    (
        exec 9<>"/dev/tcp/127.0.0.1/$2" && printf 'CONFIG GET dir\r\nQUIT\r\n' >&9 || exit
        while read -r -t 2 -u 9 line; do
            [ "${line%$'\r'}" != "$data/$1" ] || exit 0
        done
        exit 1
    ) 2>/dev/null
}

redis_env() {
    echo "export REDIS_URL=\"\${REDIS_URL-redis://127.0.0.1:$2}\""
}
