# Prints when a process was started, in whatever unit; nothing and false if it doesn't live.
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

# The processes of session $1, which may be empty, and whatever carries the mark $2 though it left the session.
members() {
    local p s sid=$1 mark=$2
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
    grep -lszxF "$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ p _; do
        [ "$p" = "$$" ] || echo "$p"
    done
}

# Ends them: asks for as many tenths of a second as $3 says, then forces it.
finish() {
    local pids i
    pids=$(members "$1" "$2" 2>/dev/null)
    if [ -n "$pids" ]; then
        kill -TERM $pids 2>/dev/null
        for ((i = 0; i < $3; i++)); do
            pids=$(members "$1" "$2" 2>/dev/null)
            [ -z "$pids" ] && break
            sleep 0.1
        done
        for ((i = 0; i < 50; i++)); do
            [ -z "$pids" ] && break
            kill -KILL $pids 2>/dev/null
            sleep 0.1
            pids=$(members "$1" "$2" 2>/dev/null)
        done
    fi
}

# Whether anything listens on port $1 of loopback.
listens() {
    (exec 9<>"/dev/tcp/127.0.0.1/$1" || exec 9<>"/dev/tcp/::1/$1") 2>/dev/null
}

# Runs a command as the leader of a session of its own, in place of this process.
in_session() {
    if command -v setsid >/dev/null; then
        exec setsid "$@"
    fi
    exec perl -e 'use POSIX; POSIX::setsid(); exec @ARGV' "$@"
}
