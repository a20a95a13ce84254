# Starts the app and waits until it serves. "restart" stops the previous start first; "repair" leaves a living one alone.
mode=${1:-repair}
limit=${2:-180}
umask 077
d="$HOME/.dedalus-preview"
log="$d/app.log"
state="$d/app.pid"
set -- $DP_PORTS
# A machine that shares its ports with others says in PORT which one is its own.
main=${PORT:-$1}

if command -v flock >/dev/null; then
    exec 8>"$d/start.lock"
    flock -w "$limit" 8 || exit 75
fi

started() {
    local s
    if [ -r "/proc/$1/stat" ]; then
        read -r s <"/proc/$1/stat" || return 1
        set -- ${s##*) }
        [ "$1" != Z ] && echo "${20}"
    else
        ps -o lstart= -p "$1" | tr -s ' ' '_'
    fi
}

alive() {
    [ -n "$1" ] && [ -n "$2" ] && [ "$(started "$1" 2>/dev/null)" = "$2" ]
}

# Everything of the previous start: its session, and whatever carries its mark though it left the session.
members() {
    local p s
    if [ ! -r /proc/self/stat ]; then
        [ -n "$sid" ] && ps -axo pid=,pgid= | awk -v g="$sid" '$2 == g { print $1 }'
        return
    fi
    if [ -n "$sid" ]; then
        for p in /proc/[0-9]*; do
            p=${p#/proc/}
            [ "$p" = "$$" ] && continue
            read -r s 2>/dev/null <"/proc/$p/stat" || continue
            set -- ${s##*) }
            [ "$1" != Z ] && [ "$4" = "$sid" ] && echo "$p"
        done
    fi
    # One grep for all: a process each would make a busy machine's grace several times as long.
    grep -lszxF "DEDALUS_PREVIEW_APP=$DP_MARK" /proc/[0-9]*/environ | while IFS=/ read -r _ _ p _; do
        [ "$p" = "$$" ] || echo "$p"
    done
}

stop() {
    local pids i
    sid= born=
    [ -r "$state" ] && read -r sid born <"$state"
    # A number that was given to another process since is not ours.
    if [ -n "$sid" ] && [ -n "$(started "$sid" 2>/dev/null)" ] && ! alive "$sid" "$born"; then
        sid=
    fi
    pids=$(members 2>/dev/null)
    if [ -n "$pids" ]; then
        echo "stopping the previous start"
        kill -TERM $pids 2>/dev/null
        for ((i = 0; i < 100; i++)); do
            pids=$(members 2>/dev/null)
            [ -z "$pids" ] && break
            sleep 0.1
        done
        for ((i = 0; i < 50; i++)); do
            [ -z "$pids" ] && break
            kill -KILL $pids 2>/dev/null
            sleep 0.1
            pids=$(members 2>/dev/null)
        done
    fi
    rm -f "$state"
}

# Prints the answer of the app to a GET of path $2 on port $1; fails if nothing listens.
ask() {
    (
        exec 9<>"/dev/tcp/127.0.0.1/$1" || exec 9<>"/dev/tcp/::1/$1" || exit 1
        [ -n "$2" ] || exit 0
        printf 'GET %s HTTP/1.1\r\nHost: localhost:%s\r\nUser-Agent: dedalus-preview-probe\r\nConnection: close\r\n\r\n' "$2" "$1" >&9
        while IFS= read -r -t 5 -u 9 line || [ -n "$line" ]; do
            printf '%s\n' "${line%$'\r'}"
        done
    ) 2>/dev/null
}

serves() {
    local answer code
    case $DP_PROTOCOL in
        http)
            answer=$(ask "$main" "$DP_HEALTH" | head -n 1)
            answer=${answer#* }
            code=${answer%% *}
            [ -n "$code" ] && [ "$code" -lt 500 ] 2>/dev/null
            ;;
        *)
            if command -v curl >/dev/null; then
                code=$(curl -sk -o /dev/null -m 5 -w '%{http_code}' "$DP_PROTOCOL://127.0.0.1:$main$DP_HEALTH")
                [ "$code" -gt 0 ] && [ "$code" -lt 500 ]
            else
                ask "$main"
            fi
            ;;
    esac
}

is_version() {
    [ -z "$DP_VERSION_PATH" ] && return 0
    if [ "$DP_PROTOCOL" = http ]; then
        ask "$main" "$DP_VERSION_PATH" | grep -qF "$DP_COMMIT"
    else
        curl -sk -m 5 "$DP_PROTOCOL://127.0.0.1:$main$DP_VERSION_PATH" | grep -qF "$DP_COMMIT"
    fi
}

tail_log() {
    echo "last lines of $log:"
    tail -n 40 "$log" 2>/dev/null
}

await() {
    local pid=$1 born=$2 old=0
    # The time to start begins here: stopping what ran before may have taken its own.
    SECONDS=0
    while ((SECONDS < limit)); do
        if ! alive "$pid" "$born"; then
            tail_log
            echo "the start command ended by itself; it has to stay in the foreground and serve"
            exit 70
        fi
        if serves; then
            if is_version; then
                # Between the answer and now the process may have died, and something else have answered.
                alive "$pid" "$born" || continue
                echo "serving on port $main"
                exit 0
            fi
            old=1
        fi
        sleep 0.2
    done
    tail_log
    if [ "$old" = 1 ]; then
        echo "port $main answers, but $DP_VERSION_PATH does not contain commit $DP_COMMIT"
        exit 73
    fi
    echo "port $main did not answer $DP_HEALTH within $limit s"
    exit 71
}

launch() {
    [ -f "$log" ] && mv -f "$log" "$log.1"
    local cmd
    cmd=$(printf %s "$DP_COMMAND" | base64 -d)
    (
        cd "$HOME" && { [ -z "$DP_CWD" ] || cd "$DP_CWD"; } || exit 1
        app_env
        export DEDALUS_PREVIEW_APP="$DP_MARK" PORT="${DP_APP_PORT:-$main}"
        unset "${!DP_@}" "${!DEDALUS_STEP_@}"
        umask 022
        if command -v setsid >/dev/null; then
            exec setsid /bin/bash -c "$cmd"
        fi
        exec perl -e 'use POSIX; POSIX::setsid(); exec @ARGV' /bin/bash -c "$cmd"
    ) >>"$log" 2>&1 </dev/null 8>&- &
    pid=$!
    born=$(started "$pid")
    echo "$pid $born" >"$state"
}

sid= born=
if [ "$mode" = repair ] && [ -r "$state" ]; then
    read -r sid born <"$state"
    if alive "$sid" "$born"; then
        exec 8>&-
        await "$sid" "$born"
    fi
fi
stop
for ((i = 0; i < 20; i++)); do
    ask "$main" || break
    sleep 0.1
done
if ask "$main"; then
    echo "port $main is still answered by a process that an earlier start left behind on purpose; the new version can't take the port"
    echo "stop that process in the deploy script, or tear this preview down"
    exit 72
fi
launch
exec 8>&-
await "$pid" "$born"
