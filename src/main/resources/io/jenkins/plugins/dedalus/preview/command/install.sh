# Leaves the start command and its environment behind as one file, then runs it. Reads DEDALUS_PRIVATE_* from its own first lines.
set -e
umask 077
dedalus_private_d="$HOME/.dedalus-preview"
mkdir -p "$dedalus_private_d"
chmod 700 "$dedalus_private_d"
# What the preview doesn't ask for any more is not brought back by a wake.
[ -n "$DEDALUS_PRIVATE_HAS_PACKAGES" ] || rm -f "$dedalus_private_d/packages"
if [ -z "$DEDALUS_PRIVATE_HAS_SERVICES" ] && [ -f "$dedalus_private_d/services/run" ]; then
    /bin/bash "$dedalus_private_d/services/run" stop
    rm -f "$dedalus_private_d/services/run" "$dedalus_private_d/services/env"
fi
{
    echo '#!/bin/bash'
    echo '# Starts the app of this preview. Holds its environment: keep it private.'
    print_env app_env
    print_values DEDALUS_PRIVATE_COMMAND DEDALUS_PRIVATE_PORTS DEDALUS_PRIVATE_HEALTH DEDALUS_PRIVATE_PROTOCOL DEDALUS_PRIVATE_HOST DEDALUS_PRIVATE_VERSION_PATH DEDALUS_PRIVATE_COMMIT DEDALUS_PRIVATE_CWD DEDALUS_PRIVATE_MARK DEDALUS_PRIVATE_APP_PORT DEDALUS_PRIVATE_LIMIT
    printf %s "$DEDALUS_PRIVATE_BODY" | base64 -d
} >"$dedalus_private_d/start.new"
chmod 600 "$dedalus_private_d/start.new"
mv -f "$dedalus_private_d/start.new" "$dedalus_private_d/start"
exec /bin/bash "$dedalus_private_d/start" restart "$DEDALUS_PRIVATE_LIMIT"
