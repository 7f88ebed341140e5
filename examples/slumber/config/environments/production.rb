Rails.application.configure do
  config.enable_reloading = false
  config.eager_load = true
  # nginx serves what is under public/.
  config.public_file_server.enabled = false
  # Health is asked of each process by itself, not by way of a host name.
  config.host_authorization = { exclude: ->(request) { request.path == "/up" } }
  config.log_level = ENV.fetch("RAILS_LOG_LEVEL", "info").to_sym
  config.logger = ActiveSupport::Logger.new($stdout)
  config.log_tags = [:request_id]
  config.active_record.dump_schema_after_migration = false
end
