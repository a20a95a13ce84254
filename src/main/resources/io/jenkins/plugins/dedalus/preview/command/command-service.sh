# Any other service: a command of the preview file that stays in the foreground.

command_prepare() {
    mkdir -p "$data/$1"
}

# $3 is the command, in base64.
command_run() {
    local dedalus_private_cmd dedalus_private_data="$data/$1"
    dedalus_private_cmd=$(printf %s "$3" | base64 -d)
    cd "$HOME" && { [ -z "$DEDALUS_PRIVATE_CWD" ] || cd "$DEDALUS_PRIVATE_CWD"; } || exit 78
    service_env
    services_env
    export DEDALUS_SERVICE_DATA="$dedalus_private_data"
    unset "${!DEDALUS_PRIVATE_@}"
    umask 022
    exec /bin/bash -c "$dedalus_private_cmd"
}

command_ready() {
    listens "$2"
}

command_env() {
    :
}
