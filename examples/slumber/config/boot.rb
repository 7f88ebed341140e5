ENV["BUNDLE_GEMFILE"] ||= File.expand_path("../Gemfile", __dir__)

require "bundler/setup"

# Rails would take DATABASE_URL before config/database.yml; where this app's database is, SQL_HOST and the others say.
ENV.delete("DATABASE_URL")
