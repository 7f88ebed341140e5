Rails.application.configure do
  config.enable_reloading = false
  config.eager_load = true
  config.consider_all_requests_local = true
  config.action_controller.allow_forgery_protection = false
  config.hosts.clear
end
