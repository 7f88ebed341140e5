require_relative "boot"

require "rails"
require "active_model/railtie"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"
require "rails/test_unit/railtie"

Bundler.require(*Rails.groups)

# A diary of nights.
module Slumber
  # Settings that every environment shares.
  class Application < Rails::Application
    config.load_defaults 7.2
    # Addresses the app answers to; the edge passes the browser's own on.
    config.hosts = ENV.fetch("APP_HOSTS", "localhost").split(",")
  end
end
