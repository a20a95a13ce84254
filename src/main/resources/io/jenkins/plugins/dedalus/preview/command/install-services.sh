# Leaves the services and the environment of the preview's own ones behind as one file, then runs it.
set -e
umask 077
dedalus_private_d="$HOME/.dedalus-preview"
mkdir -p "$dedalus_private_d/services"
chmod 700 "$dedalus_private_d"
{
    echo '# Runs the services of this preview. Holds their environment: keep it private.'
    print_env service_env
    print_values DEDALUS_PRIVATE_SERVICES DEDALUS_PRIVATE_MARK DEDALUS_PRIVATE_CWD
    printf %s "$DEDALUS_PRIVATE_BODY" | base64 -d
} >"$dedalus_private_d/services/run.new"
mv -f "$dedalus_private_d/services/run.new" "$dedalus_private_d/services/run"
# What is handed over is in the file now; this execution's own variables are nobody's.
unset $DEDALUS_PRIVATE_NAMES
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
exec /bin/bash "$dedalus_private_d/services/run" ensure "$DEDALUS_PRIVATE_LIMIT"
