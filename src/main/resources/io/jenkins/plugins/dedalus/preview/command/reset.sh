# Deletes the data of the preview's services and deploys again: what a deploy left behind on this machine is all it takes.
umask 077
dedalus_private_d="$HOME/.dedalus-preview"
if [ ! -f "$dedalus_private_d/services/run" ]; then
    echo "[dedalus] this preview has no services, so there is no data of theirs to reset"
    exit 64
fi
# No wake starts the app meanwhile.
if command -v flock >/dev/null; then
    exec 8>"$dedalus_private_d/start.lock"
    flock -w 180 8 || exit 75
    export DEDALUS_START_LOCKED=1
fi
[ ! -f "$dedalus_private_d/start" ] || /bin/bash "$dedalus_private_d/start" stop 8>&- || exit
[ ! -f "$dedalus_private_d/packages" ] || /bin/bash "$dedalus_private_d/packages" 8>&- || exit
/bin/bash "$dedalus_private_d/services/run" reset 8>&- || exit
if [ -f "$dedalus_private_d/deploy" ]; then
    (
        . "$dedalus_private_d/deploy"
        script_env
        services_env
        unset DEDALUS_START_LOCKED
        enter "$dedalus_private_directory"
        dedalus_private_f=$(mktemp "$dedalus_private_d/run/script.XXXXXX") && printf %s "$dedalus_private_script" | base64 -d >"$dedalus_private_f" || exit 126
        umask 022
        run_file "$dedalus_private_f"
        dedalus_private_code=$?
        rm -f "$dedalus_private_f"
        exit "$dedalus_private_code"
    ) 8>&- || { echo "[dedalus] the deploy script failed on the new data"; exit 79; }
fi
[ ! -f "$dedalus_private_d/start" ] || /bin/bash "$dedalus_private_d/start" restart 8>&-
