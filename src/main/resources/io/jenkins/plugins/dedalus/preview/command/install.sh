# Leaves the start command and its environment behind as one file, then runs it. Reads DEDALUS_PRIVATE_* from its own first lines.
set -e
umask 077
dedalus_private_d="$HOME/.dedalus-preview"
mkdir -p "$dedalus_private_d"
chmod 700 "$dedalus_private_d"
{
    echo '#!/bin/bash'
    echo '# Starts the app of this preview. Holds its environment: keep it private.'
    echo 'app_env() {'
    echo '    :'
    for dedalus_private_n in $DEDALUS_PRIVATE_NAMES; do
        printf '    export %s=%q\n' "$dedalus_private_n" "${!dedalus_private_n}"
    done
    echo '}'
    for dedalus_private_n in DEDALUS_PRIVATE_COMMAND DEDALUS_PRIVATE_PORTS DEDALUS_PRIVATE_HEALTH DEDALUS_PRIVATE_PROTOCOL DEDALUS_PRIVATE_HOST DEDALUS_PRIVATE_VERSION_PATH DEDALUS_PRIVATE_COMMIT DEDALUS_PRIVATE_CWD DEDALUS_PRIVATE_MARK DEDALUS_PRIVATE_APP_PORT; do
        printf '%s=%q\n' "$dedalus_private_n" "${!dedalus_private_n}"
    done
    printf %s "$DEDALUS_PRIVATE_BODY" | base64 -d
} >"$dedalus_private_d/start.new"
chmod 600 "$dedalus_private_d/start.new"
mv -f "$dedalus_private_d/start.new" "$dedalus_private_d/start"
exec /bin/bash "$dedalus_private_d/start" restart "$DEDALUS_PRIVATE_LIMIT"
