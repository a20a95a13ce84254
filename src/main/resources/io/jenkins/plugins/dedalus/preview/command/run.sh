# Runs the script on standard input in the directory $1, with nothing to read, so that it can't swallow itself. With a
# name in $2 the script and the variables that DEDALUS_PRIVATE_NAMES names are left behind in a file, to run them again.
u=$(umask)
umask 077
d="$HOME/.dedalus-preview/run"
mkdir -p "$d" && f=$(mktemp "$d/script.XXXXXX") && cat >"$f" || exit 126
find "$d" -type f -mmin +1440 -exec rm -f {} + 2>/dev/null
if [ -n "$2" ]; then
    {
        print_env script_env
        printf 'directory=%q\nscript=%s\n' "$1" "$(base64 <"$f" | tr -d '\n')"
    } >"$HOME/.dedalus-preview/$2.new" && mv -f "$HOME/.dedalus-preview/$2.new" "$HOME/.dedalus-preview/$2" || exit 126
    # The machine may have slept since its services were started.
    DEDALUS_PRIVATE_EXEC=$DEDALUS_PRIVATE_NAMES
    healed
    unset DEDALUS_PRIVATE_NAMES
fi
umask "$u"
enter "$1"
services_env
run_file "$f"
code=$?
rm -f "$f"
exit "$code"
