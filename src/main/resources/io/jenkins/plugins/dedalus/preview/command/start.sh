# Starts the app and waits until it serves. "restart" stops the previous start first; "repair" leaves a living one alone;
# "stop" only stops it.
mode=${1:-repair}
limit=${2:-${DEDALUS_PRIVATE_LIMIT:-180}}
umask 077
d="$HOME/.dedalus-preview"
log="$d/app.log"
# How many seconds one question to the app may take. It grows while the app answers slower, up to the limit.
patience=5
state="$d/app.pid"
set -- $DEDALUS_PRIVATE_PORTS
# A machine that shares its ports with others says in PORT which one is its own.
main=${PORT:-$1}

if [ -z "$DEDALUS_START_LOCKED" ] && command -v flock >/dev/null; then
    exec 8>"$d/start.lock"
    flock -w "$limit" 8 || exit 75
fi

stop() {
    sid= born=
    [ -r "$state" ] && read -r sid born <"$state"
    # A number that was given to another process since is not ours.
    if [ -n "$sid" ] && [ -n "$(started "$sid" 2>/dev/null)" ] && ! alive "$sid" "$born"; then
        sid=
    fi
    # Its session, and whatever carries its mark though it left the session.
    if [ -n "$(members "$sid" "DEDALUS_PREVIEW_APP=$DEDALUS_PRIVATE_MARK" 2>/dev/null)" ]; then
        echo "stopping the previous start"
        finish "$sid" "DEDALUS_PREVIEW_APP=$DEDALUS_PRIVATE_MARK" 100
    fi
    rm -f "$state"
}

# Prints the answer of the app to a GET of path $2 on port $1, asked as Dedalus asks; fails if nothing listens.
ask() {
    (
        exec 9<>"/dev/tcp/127.0.0.1/$1" || exec 9<>"/dev/tcp/::1/$1" || exit 1
        [ -n "$2" ] || exit 0
        printf 'GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: dedalus-preview-probe\r\nConnection: close\r\n\r\n' "$2" "${DEDALUS_PRIVATE_HOST:-localhost:$1}" >&9
        while IFS= read -r -t "$patience" -u 9 line || [ -n "$line" ]; do
            printf '%s\n' "${line%$'\r'}"
        done
    ) 2>/dev/null
}

# The same for a port that speaks TLS.
ask_tls() {
    command -v curl >/dev/null &&
        curl -sk -i -m "$patience" -H "Host: ${DEDALUS_PRIVATE_HOST:-localhost:$1}" -H 'User-Agent: dedalus-preview-probe' "https://127.0.0.1:$1$2" 2>/dev/null
}

# What the port speaks, as it shows itself: http, https, unknown, or nothing yet.
speaks() {
    local answer
    answer=$(ask "$main" "$DEDALUS_PRIVATE_HEALTH" | head -c 512 | tr -d '\000')
    case $answer in
        'HTTP/'*' 400 '*[hH][tT][tT][pP]' request was sent to '*) echo https ;;
        'HTTP/'*) echo http ;;
        *)
            if ask_tls "$main" "$DEDALUS_PRIVATE_HEALTH" | head -c 5 | grep -q '^HTTP/'; then
                echo https
            elif [ "$DEDALUS_PRIVATE_PROTOCOL" = https ] && ! command -v curl >/dev/null && ask "$main"; then
                # Something that can't be asked without curl.
                echo unknown
            fi
            ;;
    esac
}

get() {
    if [ "$spoken" = https ]; then
        ask_tls "$main" "$1"
    else
        ask "$main" "$1"
    fi
}

serves() {
    local answer
    if [ "$spoken" = unknown ]; then
        ask "$main"
        return
    fi
    answer=$(get "$DEDALUS_PRIVATE_HEALTH" | head -n 1 | tr -d '\000')
    case $answer in
        'HTTP/'*) ;;
        *) return 1 ;;
    esac
    answer=${answer#* }
    code=${answer%% *}
    [ -n "$code" ] && [ "$code" -lt 500 ] 2>/dev/null
}

# Dev servers answer only for hosts that they know, with a page of their own; it would be all that viewers see.
refuses_host() {
    local page name=${DEDALUS_PRIVATE_HOST%:*} hint names
    case $name in
        *.*[a-z]*) names=.${name#*.} ;;
        *) names=${name:-localhost} ;;
    esac
    page=$(get "$DEDALUS_PRIVATE_HEALTH" | head -c 65536 | tr -d '\000')
    # A page that tells of such errors is none.
    case $code in
        400 | 403) page+=$(tail -n 20 "$log" 2>/dev/null | grep -F 'Invalid HTTP_HOST header') ;;
        *) [ "${page##*$'\n'}" = 'Invalid Host header' ] || return 1 ;;
    esac
    case $page in
        *'Blocked request. This host'*'not allowed'*)
            hint="Vite: set server.allowedHosts (and preview.allowedHosts) in its configuration to true, or to ['$names']" ;;
        *'Invalid Host header'*)
            hint="webpack-dev-server: set devServer.allowedHosts in its configuration to 'all', or to ['$names']" ;;
        *$'\nInvalid host' | *$'\nInvalid host\n'*)
            hint="Storybook: start it with --host 0.0.0.0, or set core.allowedHosts in .storybook/main to true, or to ['$names']" ;;
        *'Blocked host'*': '*)
            hint="Rails: add config.hosts << '$names' to the environment's configuration, or config.hosts.clear" ;;
        *'DisallowedHost'* | *'Invalid HTTP_HOST header'*)
            hint="Django: set ALLOWED_HOSTS in its settings to ['$names'], or to ['*']" ;;
        *) return 1 ;;
    esac
    tail_log
    echo "port $main answers, but the app refuses the host ${name:-localhost}, under which Dedalus reaches it"
    echo "$hint"
}

is_version() {
    [ -z "$DEDALUS_PRIVATE_VERSION_PATH" ] && return 0
    get "$DEDALUS_PRIVATE_VERSION_PATH" | grep -qF "$DEDALUS_PRIVATE_COMMIT"
}

tail_log() {
    echo "last lines of $log:"
    tail -n 40 "$log" 2>/dev/null
}

await() {
    local pid=$1 born=$2 old=0
    local asked
    spoken=
    # The time to start begins here: stopping what ran before may have taken its own.
    SECONDS=0
    while ((SECONDS < limit)); do
        if ! alive "$pid" "$born"; then
            tail_log
            echo "the start command ended by itself; it has to stay in the foreground and serve"
            exit 70
        fi
        asked=$SECONDS
        if [ -z "$spoken" ]; then
            spoken=$(speaks)
            if [ "$spoken" = https ] && [ "$DEDALUS_PRIVATE_PROTOCOL" = http ]; then
                tail_log
                echo "port $main speaks HTTPS, but its protocol is http: let the app serve plain HTTP (the preview's own address is HTTPS anyway), or set protocol: https"
                exit 76
            fi
        fi
        if [ -n "$spoken" ] && serves; then
            if refuses_host; then
                exit 74
            fi
            if is_version; then
                # Between the answer and now the process may have died, and something else have answered.
                alive "$pid" "$born" || continue
                echo "serving on port $main"
                exit 0
            fi
            old=1
        fi
        # It took the whole patience: the next question waits longer, as an app that compiles on demand needs it.
        if ((SECONDS - asked >= patience)); then
            patience=$((patience * 2 < limit - SECONDS ? patience * 2 : limit - SECONDS))
            ((patience > 0)) || break
        fi
        sleep 0.2
    done
    tail_log
    if [ "$old" = 1 ]; then
        echo "port $main answers, but $DEDALUS_PRIVATE_VERSION_PATH does not contain commit $DEDALUS_PRIVATE_COMMIT"
        exit 73
    fi
    echo "port $main did not answer $DEDALUS_PRIVATE_HEALTH within $limit s"
    exit 71
}

launch() {
    [ -f "$log" ] && mv -f "$log" "$log.1"
    local cmd
    cmd=$(printf %s "$DEDALUS_PRIVATE_COMMAND" | base64 -d)
    # An open input that stays silent: dev servers end, or stop watching, when theirs is closed. Opened for both
    # directions, it waits for nobody and needs no process that holds its other end.
    local input=$d/app.in
    rm -f "$input"
    mkfifo "$input" 2>/dev/null || input=/dev/null
    (
        cd "$HOME" && { [ -z "$DEDALUS_PRIVATE_CWD" ] || cd "$DEDALUS_PRIVATE_CWD"; } || exit 1
        app_env
        services_env
        export DEDALUS_PREVIEW_APP="$DEDALUS_PRIVATE_MARK" PORT="${DEDALUS_PRIVATE_APP_PORT:-$main}"
        unset "${!DEDALUS_PRIVATE_@}" "${!DEDALUS_STEP_@}" "${!DEDALUS_SCRIPT_@}" DEDALUS_START_LOCKED
        umask 022
        in_session /bin/bash -c "$cmd"
    ) >>"$log" 2>&1 <>"$input" 8>&- &
    pid=$!
    born=$(started "$pid")
    echo "$pid $born" >"$state"
}

# What a wake may have lost besides the app.
if [ "$mode" = repair ]; then
    heal "$limit" 8>&- || exit
fi
[ -n "$DEDALUS_PRIVATE_COMMAND" ] || exit 0
if [ "$mode" = stop ]; then
    stop
    exit 0
fi
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
[ "$mode" != repair ] || echo "[dedalus] started the app again"
await "$pid" "$born"
