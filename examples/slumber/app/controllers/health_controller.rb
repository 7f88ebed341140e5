# Healthy means: this process answers, and the table is as its code wants it.
class HealthController < ActionController::Base
  def show
    Night.first
    render plain: "ok\n"
  end
end
