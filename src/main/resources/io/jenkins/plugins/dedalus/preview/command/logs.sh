# Prints the last $2 lines of the log of the service $1, or of the app if $1 is empty; goes on with "follow" in $3.
d="$HOME/.dedalus-preview"
log="$d/app.log"
[ -z "$1" ] || log="$d/services/$1/log"
if [ ! -f "$log" ] && [ "$3" != follow ]; then
    if [ -z "$1" ]; then
        echo "[dedalus] the app has no log: no start command ran yet"
    else
        known=$(ls -d "$d"/services/*/ 2>/dev/null | xargs -r -n 1 basename | tr '\n' ' ')
        echo "[dedalus] there is no service $1 on this machine; there is: ${known:-none}"
    fi
    exit 66
fi
if [ "$3" = follow ]; then
    exec tail -n "$2" -F "$log" 2>/dev/null
fi
exec tail -n "$2" "$log"
