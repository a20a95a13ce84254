# Runs the services of a preview: "ensure" starts those that don't run and waits until all answer, "stop" ends them,
# "reset" ends them, deletes their data and starts them anew, "keep NAME" is the process that one of them belongs to.
mode=${1:-ensure}
limit=${2:-180}
umask 077
d="$HOME/.dedalus-preview"
s="$d/services"
data="$HOME/.dedalus-services"

# Name, kind, port (or where to look for a free one, with a ~ before it) and the kind's own word, in base64.
entry() {
    local each
    for each in $DEDALUS_PRIVATE_SERVICES; do
        IFS=: read -r name kind port word <<<"$each"
        [ "$name" = "$1" ] && break
    done
    [ "$kind" = command ] || word=$(printf %s "$word" | base64 -d)
    free=
    case $port in
        '~'*)
            free=1
            port=${port#'~'}
            [ -s "$s/$name/port" ] && port=$(cat "$s/$name/port")
            ;;
    esac
}

names() {
    local each
    for each in $DEDALUS_PRIVATE_SERVICES; do
        echo "${each%%:*}"
    done
}

# What a running service was started with: another command, or for one of the preview's own another environment.
config() {
    {
        printf '%s\n' "$kind" "$word" "$([ -n "$free" ] || echo "$port")"
        [ "$kind" != command ] || declare -f service_env
    } | cksum
}

runs() {
    local sid= born=
    [ -r "$s/$1/pid" ] && read -r sid born <"$s/$1/pid"
    alive "$sid" "$born"
}

# The process of a service: starts it again when it ends by itself, later and later while it doesn't stay.
keep() {
    local child code pause=1 input="$s/$name/in"
    [ -p "$input" ] || input=/dev/null
    port=$(cat "$s/$name/port")
    # Or what runs here would ignore the interrupt by which PostgreSQL is stopped.
    set -m
    trap 'stopping=1; kill -"$gentle" "$child" 2>/dev/null' TERM INT HUP
    while :; do
        SECONDS=0
        gentle=TERM
        # Not waiting for clients to leave.
        [ "$kind" != postgres ] || gentle=INT
        # An input that stays silent and open, as the app's: some servers end with theirs.
        ("${kind}_run" "$name" "$port" "$word") <>"$input" &
        child=$!
        [ -z "$stopping" ] || kill -"$gentle" "$child"
        wait "$child"
        code=$?
        while kill -0 "$child" 2>/dev/null; do
            wait "$child"
            code=$?
        done
        [ -z "$stopping" ] || exit 0
        echo "$code" >"$s/$name/ended"
        ((SECONDS < 60)) || pause=1
        echo "[dedalus] $(date '+%Y-%m-%d %H:%M:%S') $name ended with exit code $code; it is started again in $pause s"
        gentle=TERM
        sleep "$pause" &
        child=$!
        wait "$child"
        [ -z "$stopping" ] || exit 0
        pause=$((pause < 16 ? pause * 2 : 30))
    done
}

end() {
    local sid= born=
    [ -r "$s/$1/pid" ] && read -r sid born <"$s/$1/pid"
    if [ -n "$sid" ] && ! alive "$sid" "$born"; then
        sid=
    fi
    if [ -n "$sid" ]; then
        # Only the keeper, which asks in the way that its service knows.
        kill -TERM "$sid" 2>/dev/null
        for ((i = 0; i < 300; i++)); do
            alive "$sid" "$born" || break
            sleep 0.1
        done
    fi
    finish "$sid" "DEDALUS_PREVIEW_SERVICE=$DEDALUS_PRIVATE_MARK/$1" 20
    rm -f "$s/$1/pid"
}

launch() {
    local log="$s/$name/log" pid tries
    mkdir -p "$s/$name" "$data"
    end "$name"
    "${kind}_prepare" "$name" "$word" || return
    for ((tries = 0; tries < 50; tries++)); do
        listens "$port" || break
        if [ -z "$free" ]; then
            echo "[dedalus] port $port of the service $name is answered by another process: stop that one, or give the service another port"
            return 78
        fi
        port=$((port + 1))
    done
    echo "$port" >"$s/$name/port"
    [ -f "$log" ] && mv -f "$log" "$log.1"
    rm -f "$s/$name/ended"
    rm -f "$s/$name/in"
    mkfifo "$s/$name/in" 2>/dev/null
    (
        export DEDALUS_PREVIEW_SERVICE="$DEDALUS_PRIVATE_MARK/$name"
        unset PORT DEDALUS_PREVIEW_APP "${!DEDALUS_PRIVATE_@}" "${!DEDALUS_STEP_@}" "${!DEDALUS_SCRIPT_@}"
        in_session /bin/bash "$s/run" keep "$name"
    ) >>"$log" 2>&1 </dev/null 7>&- &
    pid=$!
    echo "$pid $(started "$pid")" >"$s/$name/pid"
    config >"$s/$name/config"
}

# Whether a service was started now and ended: then it runs no more, whoever answers on its port.
gone() {
    [ -n "$fresh" ] && [ -f "$s/$name/ended" ] || ! runs "$name"
}

# Whether the port that was free is another's by now: machines may share a network, and a winner needs a moment to answer.
outrun() {
    local i
    [ -n "$free" ] || return
    for ((i = 0; i < 10; i++)); do
        listens "$port" && return
        sleep 0.1
    done
    return 1
}

# One that was started now has to stay; one that runs may be on its way up again.
await() {
    SECONDS=0
    while gone || ! "${kind}_ready" "$name" "$port"; do
        if gone; then
            if ((SECONDS < limit)) && outrun; then
                launch || return
                continue
            fi
            tail -n 20 "$s/$name/log"
            echo "[dedalus] the service $name ended with exit code $(cat "$s/$name/ended" 2>/dev/null || echo unknown); it has to stay in the foreground and answer on port $port"
            end "$name"
            return 78
        fi
        if ((SECONDS >= limit)); then
            tail -n 20 "$s/$name/log"
            echo "[dedalus] the service $name did not answer on port $port within $limit s"
            return 78
        fi
        sleep 0.1
    done
}

# Known ones come first in the list, so that a command of the preview's own finds them, and their variables.
ensure() {
    local each fresh begun=()
    for each in "$s"/*/pid; do
        each=${each#"$s"/}
        each=${each%/pid}
        if [ "$each" != '*' ] && ! names | grep -qxF "$each"; then
            end "$each"
            echo "[dedalus] stopped the service $each, which the preview has no more"
        fi
    done
    : >"$s/env.new"
    for each in $(names); do
        entry "$each"
        fresh=
        if ! runs "$name" || [ "$(config)" != "$(cat "$s/$name/config" 2>/dev/null)" ]; then
            launch || return
            fresh=1
            begun+=("$name")
        fi
        await || return
        "${kind}_env" "$name" "$port" "$word" >>"$s/env.new"
        [ "$kind" = command ] || cp "$s/env.new" "$s/env"
    done
    mv -f "$s/env.new" "$s/env"
    [ ${#begun[@]} = 0 ] || echo "[dedalus] started the services ${begun[*]}"
}

mkdir -p "$s"
if [ "$mode" = keep ]; then
    entry "$2"
    keep
fi
if command -v flock >/dev/null; then
    exec 7>"$s/lock"
    flock -w "$limit" 7 || exit 75
fi
case $mode in
    ensure) ensure ;;
    stop | reset)
        for each in "$s"/*/pid; do
            each=${each#"$s"/}
            [ "$each" = '*/pid' ] || end "${each%/pid}"
        done
        if [ "$mode" = reset ]; then
            rm -rf "$data"
            echo "[dedalus] deleted the data of the services"
            ensure
        fi
        ;;
esac
