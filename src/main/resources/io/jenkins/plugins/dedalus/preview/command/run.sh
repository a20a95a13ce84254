# Runs the script on standard input in the directory $1, with nothing to read, so that it can't swallow itself. With a
# name in $2 the script and the variables that DEDALUS_PRIVATE_NAMES names are left behind in a file, to run them again. Unless $3
# is empty it is told where the services are. Its own variables have names that none of theirs has.
dedalus_private_u=$(umask)
umask 077
dedalus_private_d="$HOME/.dedalus-preview/run"
mkdir -p "$dedalus_private_d" && dedalus_private_f=$(mktemp "$dedalus_private_d/script.XXXXXX") && cat >"$dedalus_private_f" || exit 126
find "$dedalus_private_d" -type f -mmin +1440 -exec rm -f {} + 2>/dev/null
if [ -n "$2" ]; then
    {
        print_env script_env
        printf 'dedalus_private_directory=%q\ndedalus_private_script=%s\n' "$1" "$(base64 <"$dedalus_private_f" | tr -d '\n')"
    } >"$HOME/.dedalus-preview/$2.new" && mv -f "$HOME/.dedalus-preview/$2.new" "$HOME/.dedalus-preview/$2" || exit 126
    # The machine may have slept since its services were started.
    DEDALUS_PRIVATE_EXEC=$DEDALUS_PRIVATE_NAMES
    healed
    unset DEDALUS_PRIVATE_NAMES
fi
umask "$dedalus_private_u"
enter "$1"
[ -z "$3" ] || services_env
run_file "$dedalus_private_f"
dedalus_private_code=$?
rm -f "$dedalus_private_f"
exit "$dedalus_private_code"
