# Leaves the start command and its environment behind as one file, then runs it. Reads DP_* from its own first lines.
set -e
umask 077
dp_d="$HOME/.dedalus-preview"
mkdir -p "$dp_d"
chmod 700 "$dp_d"
{
    echo '#!/bin/bash'
    echo '# Starts the app of this preview. Holds its environment: keep it private.'
    echo 'app_env() {'
    echo '    :'
    for dp_n in $DP_NAMES; do
        printf '    export %s=%q\n' "$dp_n" "${!dp_n}"
    done
    echo '}'
    for dp_n in DP_COMMAND DP_PORTS DP_HEALTH DP_PROTOCOL DP_VERSION_PATH DP_COMMIT DP_CWD DP_MARK DP_APP_PORT; do
        printf '%s=%q\n' "$dp_n" "${!dp_n}"
    done
    printf %s "$DP_BODY" | base64 -d
} >"$dp_d/start.new"
chmod 600 "$dp_d/start.new"
mv -f "$dp_d/start.new" "$dp_d/start"
exec /bin/bash "$dp_d/start" restart "$DP_LIMIT"
