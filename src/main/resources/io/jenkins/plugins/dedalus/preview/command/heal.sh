# Puts back what a wake may have lost: the packages, then the services, which get $1 seconds. Fails if one can't be.
heal() {
    local d="$HOME/.dedalus-preview"
    if [ -f "$d/packages" ]; then
        /bin/bash "$d/packages" || return
    fi
    if [ -f "$d/services/run" ]; then
        /bin/bash "$d/services/run" ensure "$1" || return
    fi
}

# Where the services are, unless the environment says otherwise.
services_env() {
    if [ -r "$HOME/.dedalus-preview/services/env" ]; then
        . "$HOME/.dedalus-preview/services/env"
    fi
}

# The same before somebody's command, of whose own variables services must not hear.
healed() {
    (
        unset $DEDALUS_PRIVATE_EXEC
        export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
        heal 120
    ) >&2
    unset DEDALUS_PRIVATE_EXEC
}
