# The diary's one page.
class NightsController < ApplicationController
  def index
    @night = Night.new(date: Date.current)
    @nights = Night.latest
  end

  # Writes a night down; the same date again corrects it.
  def create
    @night = Night.find_or_initialize_by(date: night_params[:date])
    if @night.update(night_params)
      redirect_to root_path, status: :see_other
    else
      @nights = Night.latest
      render :index, status: :unprocessable_content
    end
  end

  def destroy
    Night.find(params[:id]).destroy!
    redirect_to root_path, status: :see_other
  end

  private

  def night_params
    params.require(:night).permit(:date, :minutes, :rest)
  end
end
