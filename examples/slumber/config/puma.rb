port ENV.fetch("PORT", "3000")
threads 5, 5
# On SIGTERM puma finishes the requests it has.
force_shutdown_after 25
