# Deletes the data of the preview's services and deploys again: what a deploy left behind on this machine is all it takes.
umask 077
d="$HOME/.dedalus-preview"
if [ ! -f "$d/services/run" ]; then
    echo "[dedalus] this preview has no services, so there is no data of theirs to reset"
    exit 64
fi
# No wake starts the app meanwhile.
if command -v flock >/dev/null; then
    exec 8>"$d/start.lock"
    flock -w 180 8 || exit 75
    export DEDALUS_START_LOCKED=1
fi
[ ! -f "$d/start" ] || /bin/bash "$d/start" stop 8>&- || exit
[ ! -f "$d/packages" ] || /bin/bash "$d/packages" 8>&- || exit
/bin/bash "$d/services/run" reset 8>&- || exit
if [ -f "$d/deploy" ]; then
    (
        . "$d/deploy"
        script_env
        services_env
        unset DEDALUS_START_LOCKED
        enter "$directory"
        f=$(mktemp "$d/run/script.XXXXXX") && printf %s "$script" | base64 -d >"$f" || exit 126
        umask 022
        run_file "$f"
        code=$?
        rm -f "$f"
        exit "$code"
    ) 8>&- || { echo "[dedalus] the deploy script failed on the new data"; exit 79; }
fi
[ ! -f "$d/start" ] || /bin/bash "$d/start" restart 8>&-
